/** What the parts of the frame and of lists say on every page. */
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
  /** Completes the two for people who hear them. */
  pageLink: " page",
  goesOnAtBitbucket: "There is more on Bitbucket; this list ends here.",
} as const
