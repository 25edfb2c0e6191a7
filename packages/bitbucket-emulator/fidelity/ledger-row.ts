/**
 * How far a behaviour can be trusted, strongest first. `official`: Atlassian's own current text or OpenAPI file.
 * `recorded`: seen on the wire in a public cassette, issue or fixture. `staff`: an Atlassian employee said so in
 * public. `third-party`: other people's code or notes. `assumed`: no evidence; a reading of the RFC. `own`: the
 * emulator's own, with no counterpart at Bitbucket.
 */
type Grade = "official" | "recorded" | "staff" | "third-party" | "assumed" | "own"

/** One behaviour of the emulator, and the evidence that Bitbucket does the same. */
export interface LedgerRow {
  /** `BB-…` is a fact about Bitbucket, `EM-…` a decision of the emulator. Tests name the ids that they cover. */
  readonly id: string
  readonly behaviour: string
  readonly grade: Grade
  /** The public source. */
  readonly source: string
  /** When it was recorded or published; if that is not known, when we read it. */
  readonly asOf: string
  /** When `npx tsx packages/bitbucket-emulator/scripts/verify-live.ts` last saw the real Bitbucket do this. */
  readonly validatedLive: "never" | `${number}-${number}-${number}`
  /** The routes that this row describes, as `METHOD origin path`. */
  readonly routes?: readonly string[]
  /** Why no test names this row; absent if one does. */
  readonly untested?: string
}

type Draft = Omit<LedgerRow, "validatedLive"> & Partial<Pick<LedgerRow, "validatedLive">>

/** Rows as written: never validated live unless they say otherwise. */
export function rows(...drafts: readonly Draft[]): LedgerRow[] {
  return drafts.map((draft) => ({ validatedLive: "never", ...draft }))
}
