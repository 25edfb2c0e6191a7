export type CheckState = "ok" | "warning" | "failed"

/** What one check found. */
export type CheckResult = {
  /** Which check it was; stable, for programs that read the report. */
  id: string
  state: CheckState
  /** What is wrong, as stable as `id`; null if there is nothing to do. */
  code: string | null
  /**
   * One sentence: the state, and if there is a `code`, what to do about it. Code is between backticks. Holds no secret and
   * no text from Bitbucket.
   */
  sentence: string
}

/** There is nothing to do. */
export function ok(id: string, sentence: string): CheckResult {
  return { id, state: "ok", code: null, sentence }
}

/** Everything works, and there is something to know. @param fix as in `failed` */
export function note(id: string, code: string, cause: string, fix: string): CheckResult {
  return { id, state: "ok", code, sentence: inOneSentence(cause, fix) }
}

/** It works, or may work, and the operator should know. @param fix as in `failed` */
export function warning(id: string, code: string, cause: string, fix: string): CheckResult {
  return { id, state: "warning", code, sentence: inOneSentence(cause, fix) }
}

/**
 * Signing in or staying connected cannot work like this.
 *
 * @param cause what is wrong, without a full stop
 * @param fix how to fix it, as the second half of the same sentence, without a full stop
 */
export function failed(id: string, code: string, cause: string, fix: string): CheckResult {
  return { id, state: "failed", code, sentence: inOneSentence(cause, fix) }
}

function inOneSentence(cause: string, fix: string): string {
  return `${cause}; ${fix}.`
}

/** The results that need action, the worst first. */
export function findingsOf(results: readonly CheckResult[]): CheckResult[] {
  const order: readonly CheckState[] = ["failed", "warning", "ok"]
  return order.flatMap((state) => results.filter((result) => result.state === state && result.code !== null))
}
