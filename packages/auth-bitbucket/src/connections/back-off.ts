/** A refresh that failed early has minutes to spare; one that failed late keeps users waiting. */
const LONGEST_WHILE_VALID_SECONDS = 30
const LONGEST_ONCE_EXPIRED_SECONDS = 5
/** Short: an operator may correct the client at any moment, and users should not have to wait half a minute after that. */
const OPERATOR_FAULT_SECONDS = 15

/**
 * How long no server asks for another token after one that was refused as soon as it was made. Each refresh succeeds and
 * so clears the count of failures: a pause that grew with them would never grow, and every call would cost a rotation.
 */
export const REFUSED_TOKEN_PAUSE_SECONDS = 60

type Failure = {
  isOperatorFault: boolean
  /** Failures in a row before this one. */
  failures: number
  /** Life left to the access token in use. */
  remainingSeconds: number
  /** What Bitbucket asked for, or null. */
  retryAfterSeconds: number | null
}

/**
 * How long all servers together leave Bitbucket alone after a failed refresh: exponential with full jitter,
 * never shorter than what Bitbucket asked for.
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
