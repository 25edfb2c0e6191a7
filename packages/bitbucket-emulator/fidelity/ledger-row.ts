/**
 * How far a behaviour can be believed, strongest first. `official`: Atlassian's own current text or OpenAPI file.
 * `recorded`: it came off the wire in a public cassette, issue or fixture. `staff`: an Atlassian employee said so in
 * public. `third-party`: other people's code or notes. `assumed`: nobody shows it; a reading of the RFC. `own`: the
 * emulator's, with nothing at Bitbucket to be compared with.
 */
type Grade = "official" | "recorded" | "staff" | "third-party" | "assumed" | "own"

/** One behaviour of the emulator, and why anybody should believe that Bitbucket does the same. */
export interface LedgerRow {
  /** `BB-…` is a fact about Bitbucket, `EM-…` a decision of the emulator's. Tests name the ids that they prove. */
  readonly id: string
  readonly behaviour: string
  readonly grade: Grade
  /** Where anybody can read it. */
  readonly source: string
  /** When it was recorded or published; where that is not known, when the source was read. */
  readonly asOf: string
  /** When somebody last saw the real Bitbucket do this, through `npx tsx packages/bitbucket-emulator/scripts/verify-live.ts`. */
  readonly validatedLive: "never" | `${number}-${number}-${number}`
  /** The routes that this row describes, as `METHOD origin path`. */
  readonly routes?: readonly string[]
  /** Why no test names this row; absent where one does. */
  readonly untested?: string
}

type Draft = Omit<LedgerRow, "validatedLive"> & Partial<Pick<LedgerRow, "validatedLive">>

/** Rows as they are written: never validated live unless they say otherwise. */
export function rows(...drafts: readonly Draft[]): LedgerRow[] {
  return drafts.map((draft) => ({ validatedLive: "never", ...draft }))
}
