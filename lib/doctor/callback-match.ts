type Example = { registered: string; isAdmitted: boolean; why: string }

/**
 * Which registered callback URLs Bitbucket accepts for the one that the app sends. Bitbucket compares beginnings (BB-A3):
 * the URL that the app sends has to start with the registered one.
 */
export function callbackExamples(callbackUrl: string): Example[] {
  const { origin, protocol, host } = new URL(callbackUrl)
  const otherProtocol = protocol === "https:" ? "http:" : "https:"
  return [
    {
      registered: callbackUrl,
      isAdmitted: true,
      why: "This address and what is below it, which is nothing: codes go nowhere else.",
    },
    {
      registered: origin,
      isAdmitted: true,
      why: "Works, but admits every other address of the site too.",
    },
    {
      registered: `${origin}/oauth/callback`,
      isAdmitted: false,
      why: "The address that is sent does not begin like this.",
    },
    {
      registered: `${otherProtocol}//${host}`,
      isAdmitted: false,
      why: "Another scheme is another beginning.",
    },
    {
      registered: `${protocol}//preview.${host}`,
      isAdmitted: false,
      why: "Another host, such as a preview's, is another beginning.",
    },
  ]
}
