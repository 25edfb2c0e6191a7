/** The text of the profile page. */
export const words = {
  title: "Profile",
  emails: "Email addresses",
  account: "Account",
  allowed: "What you allowed",
  forDevelopers: "For developers",
  showDetails: "Details for developers",
  openAtBitbucket: "Open on Bitbucket",

  confirmed: "Confirmed",
  notConfirmed: "Not confirmed",
  primary: "Primary",
  erased: "This Bitbucket account has been erased",
  noConfirmedEmail: "No confirmed email address",

  nickname: "Nickname",
  username: "Username",
  location: "Location",
  memberSince: "On Bitbucket since",
  accountStatus: "Account status",

  emailsHidden: "Bitbucket does not let this site see your addresses, so it knows none of them.",
  noEmail: "Your Bitbucket account has no email address.",
  unreadableEmail: "An address that this site cannot read",
  noneCounts:
    "This site accepts an address as yours if Bitbucket says that it is both primary and confirmed. None of these is.",

  readAt: "Read from Bitbucket {when}.",
  notAnswering: "Bitbucket is not answering.",
  notAnsweringNow:
    "This is your profile as it was {when}. Open this page again in a minute, and we’ll ask Bitbucket again.",
  tooOften: "Too many requests.",
  tooOftenNow: "This is your profile as it was {when}. This site asks Bitbucket again in a minute.",
  notShown: "Bitbucket did not show your profile.",
  notShownNow: "This is how it was {when}. “{signInAgain}” on the page “Connection” may help.",
  lastRead: "{relative} ({time})",

  uuid: "Account UUID",
  id: "Account ID",
  scopes: "Granted scopes",
  expires: "Access token expires",
  never: "Never: OAuth 1.0a",
  asJson: "This profile as JSON",
} as const
