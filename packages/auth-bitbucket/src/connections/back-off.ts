/** A refresh that failed early has minutes to spare; one that failed late keeps users waiting. */
const LONGEST_WHILE_VALID_SECONDS = 30
const LONGEST_ONCE_EXPIRED_SECONDS = 5
/** Short, because an operator may correct the client at any moment, and users should not have to wait half a minute for it. */
const OPERATOR_FAULT_SECONDS = 15

/**
 * How long the servers wait before they refresh again after Bitbucket's API has refused a brand-new token. It is constant: each
 * refresh succeeds and resets the count of failures, so a growing pause would never grow, and every call would cost a rotation.
 */
export const REFUSED_TOKEN_PAUSE_SECONDS = 60

type Failure = {
  isOperatorFault: boolean
  /** Failures in a row before this one. */
  failures: number
  /** Until the current access token expires. */
  remainingSeconds: number
  /** What Bitbucket asked for, or null. */
  retryAfterSeconds: number | null
}

/**
 * How long no server asks Bitbucket again after a failed refresh: exponential with full jitter,
 * never shorter than Bitbucket asked for.
 *
 * @param random from 0 (inclusive) to 1
 * @returns seconds
 */
export function backOffSeconds(failure: Failure, random: () => number = Math.random): number {
  const asked = failure.retryAfterSeconds ?? 0
  if (failure.isOperatorFault) return Math.max(asked, OPERATOR_FAULT_SECONDS)
  const longest = failure.remainingSeconds > 0 ? LONGEST_WHILE_VALID_SECONDS : LONGEST_ONCE_EXPIRED_SECONDS
  const ceiling = Math.min(longest, 0.5 * 2 ** Math.min(failure.failures, 10))
  return Math.max(asked, 0.2 + random() * ceiling)
}
