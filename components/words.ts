/** The text of what every page has: header, footer and lists. */
export const words = {
  signedInAs: "Signed in as ",
  signOut: "Sign out",
  signIn: "Sign in with Bitbucket",
  theme: "Theme",
  notAffiliated: "Not affiliated with Atlassian. Bitbucket is a trademark of Atlassian.",
  startPage: (site: string) => `${site}: start page`,
  notSet: "Not set",
  notAllowed: "Not allowed",
  private: "Private",
  public: "Public",
  copy: "Copy",
  copied: "Copied",
  pages: "Pages",
  page: (number: number) => `page ${number}`,
  previous: "Previous",
  next: "Next",
  /** Completes the two for screen readers. */
  pageLink: " page",
  goesOnAtBitbucket: "There is more on Bitbucket; this list ends here.",
} as const
