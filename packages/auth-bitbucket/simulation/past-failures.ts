import type { Schedule } from "./schedule.ts"

const calmBitbucket = {
  refused: 0,
  reset: 0,
  lost: 0,
  slow: 0,
  repeated: 0,
  unavailable: 0,
  tooMany: 0,
  unexplained: 0,
}

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
            bitbucket: calmBitbucket,
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
  {
    // The watch took the tokens of the sign-in for successors of those that the disconnect had deleted.
    name: "a server learns of its lease only after the user has disconnected and signed in again",
    schedule: {
      seed: 20_004_236,
      skewsMs: [0, 0, 0],
      graceSeconds: 0,
      cycles: [
        {
          seed: 1_555_828_501,
          startsAt: "due",
          storm: {
            lastsMs: 11_538,
            database: { refused: 0, reset: 0, lost: 0, slow: 0.260085794236511 },
            bitbucket: calmBitbucket,
            databaseOutage: null,
            bitbucketOutage: null,
          },
          steps: [
            { kind: "ask", server: 1, atMs: 393 },
            { kind: "ask", server: 1, atMs: 891 },
            { kind: "disconnect", server: 2, atMs: 971 },
            { kind: "ask", server: 0, atMs: 1_102 },
            { kind: "force", server: 1, atMs: 1_298 },
            { kind: "ask", server: 0, atMs: 1_352 },
            { kind: "sign_in", server: 1, atMs: 4_549 },
          ],
        },
      ],
    },
  },
  {
    // The observer mistook the row of a sign-in after the disconnect for the row that the caller had read, which had expired.
    name: "the user disconnects and signs in again during the refresh of an expired token",
    schedule: {
      seed: 49_105,
      skewsMs: [0, 0, 0, 0],
      graceSeconds: 600,
      cycles: [
        {
          seed: 950_378_571,
          startsAt: "expired",
          storm: {
            lastsMs: 199_534,
            database: { refused: 0, reset: 0, lost: 0, slow: 0.2674648044630885 },
            bitbucket: calmBitbucket,
            databaseOutage: null,
            bitbucketOutage: null,
          },
          steps: [
            { kind: "ask", server: 2, atMs: 382 },
            { kind: "sign_in", server: 0, atMs: 987 },
            { kind: "ask", server: 2, atMs: 1_384 },
            { kind: "disconnect", server: 3, atMs: 1_387 },
          ],
        },
      ],
    },
  },
]
