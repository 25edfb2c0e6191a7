/** The text of the page after disconnecting. */
export const words = {
  title: "Disconnected",
  disconnected: {
    eyebrow: "Disconnected",
    heading: "This site has deleted its access to your Bitbucket account",
    done: (days: number) =>
      `This site can no longer use your account: your access keys, the copy of your profile and your sessions are deleted. Your activity is kept for ${days} days; sign in again to see or delete it.`,
  },
  erased: {
    eyebrow: "Deleted",
    heading: "Your data has been deleted from this site",
    done: () =>
      "Your profile, connection, sessions and activity are gone. A count of your requests stays for about a minute. The server’s log, with your account ID but not your name or email address, and backups of the database, if there are any, stay for as long as the owner of this site keeps them.",
  },
  listedAtBitbucket:
    "Bitbucket will keep listing this site in your app authorizations until you remove it there. Until then, signing in again may not ask for your consent.",
  expiresSoon: "On Bitbucket the last access key expires within two hours.",
  expiresUnlessLegacy:
    "On Bitbucket the last access key expires within two hours; that of a legacy sign-in stays valid until you remove this site there.",
  removeThere: "Remove it on Bitbucket too",
  connected: {
    eyebrow: "Connected",
    heading: "Your Bitbucket account is connected",
    explanation: "Nothing has been disconnected.",
    seeConnection: "See the connection",
  },
} as const
