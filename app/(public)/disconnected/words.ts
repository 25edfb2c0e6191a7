/** What the page after disconnecting says. */
export const words = {
  title: "Disconnected",
  disconnected: {
    eyebrow: "Disconnected",
    heading: "This site no longer has access to your Bitbucket account",
    done: "What Bitbucket gave this site, the copy of your profile and your sessions have been deleted here.",
  },
  erased: {
    eyebrow: "Deleted",
    heading: "This site’s database keeps nothing about you any more",
    done: "Your profile, your connection, your sessions and your activity have been deleted here. The server’s log, which has your account ID without your name or address, and backups of the database, if there are any, stay as long as the owner of this site keeps them.",
  },
  listedAtBitbucket:
    "Bitbucket itself goes on listing this site among the apps that you allowed, until you remove it there. Until then, signing in again may not ask for your consent.",
  removeThere: "Remove it at Bitbucket too",
  connected: {
    eyebrow: "Connected",
    heading: "Your Bitbucket account is connected",
    explanation: "Nothing has been disconnected.",
    seeConnection: "See the connection",
  },
} as const
