/** What one scenario measured, and what it was to show. */
export type Outcome = {
  scenario: string
  load: string
  target: string
  /** Refresh requests that arrived at Bitbucket for each pair of tokens replaced; null where none should be. */
  callsPerRotation: number | null
  /** Connections that ended, or people who were asked to sign in again, without a grant that died at Bitbucket. */
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

/** What people saw of one fault between the app and its database, and what it left. */
export type FaultSeen = {
  fault: string
  /** Views that showed what was asked for. */
  pages: number
  /** Views that showed the last known profile. */
  lastKnownProfiles: number
  /** Views that said, with 503, that the database is not answering. */
  databaseUnavailable: number
  /** Views that were none of these. */
  failed: number
  longestMs: number
  /** From the fault's end until everybody had pages again. */
  recoveredAfterMs: number
  signOuts: number
  /** Refresh requests that Bitbucket refused because of their refresh token. */
  lostRefreshTokens: number
  refreshes: number
}

/** One app under one way of Bitbucket to retire refresh tokens. */
export type Comparison = {
  app: string
  rotation: string
  /** Refresh requests at Bitbucket for one lapsed token. */
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

/** @param share 0.99 for the value that ninety-nine in a hundred do not exceed; NaN of nothing */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
