import { classifyRefreshFailure } from "@/lib/bitbucket/refresh-failure"
import type { RefreshGrant } from "@/lib/oauth/refresh-grant"

/** Knows whether Bitbucket refused this deployment's OAuth client when this server asked last. */
export function createClientHealth() {
  let isRefused = false
  return {
    isRefused: () => isRefused,

    /** What the exchange of an authorization code showed. */
    note(refused: boolean): void {
      isRefused = refused
    },

    /** A refresh grant that is listened to. */
    watch(refresh: RefreshGrant): RefreshGrant {
      return async (refreshToken) => {
        const outcome = await refresh(refreshToken)
        isRefused = !outcome.ok && classifyRefreshFailure(outcome.failure) === "operator_fault"
        return outcome
      }
    },
  }
}
