import { classifyRefreshFailure } from "@/lib/bitbucket/refresh-failure"
import type { RefreshGrant } from "@/lib/oauth/refresh-grant"

/** A server that is taken out of rotation for a refusal hears nothing that could take it back. */
const BELIEVED_MS = 5 * 60_000

/**
 * Knows whether Bitbucket refused this deployment's OAuth client a short while ago.
 *
 * @param now milliseconds of a clock that only goes forward
 */
export function createClientHealth(now = () => performance.now()) {
  let refusedAt = Number.NEGATIVE_INFINITY

  /** What the exchange of an authorization code, or a refresh, showed. */
  function note(refused: boolean): void {
    refusedAt = refused ? now() : Number.NEGATIVE_INFINITY
  }

  return {
    isRefused: () => now() - refusedAt < BELIEVED_MS,
    note,

    /** A refresh grant that is listened to. Where Bitbucket has trouble of its own or does not say what it refuses, nothing is learned. */
    watch(refresh: RefreshGrant): RefreshGrant {
      return async (refreshToken) => {
        const outcome = await refresh(refreshToken)
        const failure = outcome.ok ? null : classifyRefreshFailure(outcome.failure)
        if (failure !== "transient" && failure !== "unexplained_refusal") note(failure === "operator_fault")
        return outcome
      }
    },
  }
}
