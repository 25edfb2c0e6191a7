/** The text of the page after disconnecting. */
export const words = {
  title: "Disconnected",
  disconnected: {
    eyebrow: "Disconnected",
    heading: "This site no longer has access to your Bitbucket account",
    done: (days: number) =>
      `It has deleted its access keys, the copy of your profile and your sessions. Your activity is kept for ${days} days; sign in again to see or delete it.`,
  },
  erased: {
    eyebrow: "Deleted",
    heading: "Your data has been deleted from this site",
    done: () =>
      "Your profile, connection, sessions and activity are gone. A count of your requests stays for about a minute. The server’s log, with your account ID but not your name or email address, and backups of the database, if there are any, stay for as long as the owner of this site keeps them.",
  },
  permissionStays:
    "Your permission for this site stays on Bitbucket until you remove it there. Until then, Bitbucket might let you sign in without asking again.",
  expiresSoon:
    "Bitbucket itself may accept the deleted keys for up to two hours, but this site no longer has them.",
  expiresUnlessLegacy:
    "At Bitbucket the deleted keys expire within two hours; those of a legacy sign-in stay valid until you remove your permission.",
  removeThere: "Remove your permission on Bitbucket",
  connected: {
    eyebrow: "Connected",
    heading: "Your Bitbucket account is connected",
    explanation: "Nothing has been disconnected.",
    seeConnection: "See the connection",
  },
} as const
