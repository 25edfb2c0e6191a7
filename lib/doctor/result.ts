export type CheckState = "ok" | "warning" | "failed"

/** What one check found. */
export type CheckResult = {
  /** Stable, for programs that read the report. */
  id: string
  state: CheckState
  /** One sentence of what was found; `code` stands between backticks. Holds no secret and no text of Bitbucket's. */
  sentence: string
  /** What to do about it; null where there is nothing to do. */
  remedy: string | null
}

/** There is nothing to do. */
export function ok(id: string, sentence: string): CheckResult {
  return { id, state: "ok", sentence, remedy: null }
}

/** It works, or may work, and somebody should know of it. */
export function warning(id: string, sentence: string, remedy: string): CheckResult {
  return { id, state: "warning", sentence, remedy }
}

/** Signing in or staying connected cannot work like this. */
export function failed(id: string, sentence: string, remedy: string): CheckResult {
  return { id, state: "failed", sentence, remedy }
}
