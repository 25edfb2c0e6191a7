/** Moments in a refresh at which the server that holds the lease may die. */
export const holderDeaths = [
  "before the request",
  "10 ms into the request",
  "40 ms into the request",
  "75 ms into the request",
  "110 ms into the request",
  "140 ms into the request",
  "after the answer",
  "as the commit is sent",
  "while the commit waits for the row",
  "after the commit",
] as const

export type HolderDeath = (typeof holderDeaths)[number]
