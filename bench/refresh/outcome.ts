/** The measurements of one scenario, and its target. */
export type Outcome = {
  scenario: string
  load: string
  target: string
  /** Refresh requests that arrived at Bitbucket for each replaced pair of tokens; null if there should be none. */
  callsPerRotation: number | null
  /** Connections that ended, or people who had to sign in again, although their grant was still valid at Bitbucket. */
  signOuts: number
  failedCallers: number
  /** How long the callers waited. */
  waitsMs: number[]
  notes: string[]
  /** The parts of the target that were missed. */
  misses: string[]
  comparisons?: Comparison[]
  databaseFaults?: FaultSeen[]
}

/** People's views during one fault between the app and its database, and its aftermath. */
export type FaultSeen = {
  fault: string
  /** Views that showed the requested page. */
  pages: number
  /** Views that showed the last known profile. */
  lastKnownProfiles: number
  /** Views that said, with 503, that the database is not answering. */
  databaseUnavailable: number
  /** Views that were none of these. */
  failed: number
  longestMs: number
  /** From the fault's end until all viewers had pages again. */
  recoveredAfterMs: number
  signOuts: number
  /** Refresh requests that Bitbucket refused because of their refresh token. */
  lostRefreshTokens: number
  refreshes: number
}

/** One app under one of Bitbucket's rules for retiring refresh tokens. */
export type Comparison = {
  app: string
  rotation: string
  /** Refresh requests at Bitbucket for one expired token. */
  refreshes: number
  failedPages: number
  /** At the first view after all of them. */
  isStillSignedIn: boolean
  waitsMs: number[]
}

/** @returns the expectations that do not hold */
export function missesOf(expectations: Record<string, boolean>): string[] {
  return Object.entries(expectations).flatMap(([expectation, holds]) => (holds ? [] : [expectation]))
}

/** @param share 0.99 for the value that ninety-nine in a hundred do not exceed; NaN for an empty list */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
