import type { Schedule } from "./schedule.ts"

/** Schedules that once broke an invariant, shrunk to what they need. */
export const pastFailures: { name: string; schedule: Schedule }[] = [
  {
    // The watch took the tokens of the sign-in, which Bitbucket had given first, for the only ones that were stored.
    name: "a sign-in is stored only after a refresh that began later",
    schedule: {
      seed: 1_001_236,
      skewsMs: [0, 0, 0],
      graceSeconds: 600,
      cycles: [
        {
          seed: 3_376_832_797,
          startsAt: "expired",
          storm: {
            lastsMs: 53_764,
            database: { refused: 0, reset: 0, lost: 0, slow: 0.3112938238307834 },
            bitbucket: {
              refused: 0,
              reset: 0,
              lost: 0,
              slow: 0,
              repeated: 0,
              unavailable: 0,
              tooMany: 0,
              unexplained: 0,
            },
            databaseOutage: null,
            bitbucketOutage: null,
          },
          steps: [
            { kind: "sign_in", server: 1, atMs: 295 },
            { kind: "ask", server: 1, atMs: 773 },
          ],
        },
      ],
    },
  },
]
