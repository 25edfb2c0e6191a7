import type { ApiCredential } from "@/lib/bitbucket/api-client"
import { BitbucketError } from "@/lib/bitbucket/errors"
import type { LegacySignIn } from "@/lib/legacy-sign-in"
import type { AccessToken, AccessTokens } from "./access-token"
import { REFUSED_TOKEN_PAUSE_SECONDS } from "./back-off"
import type { Connection, ConnectionStore } from "./connection-store"
import { ConnectionError } from "./errors"

/**
 * Makes the function that calls the Bitbucket API for a connection. Where Bitbucket refuses a token that
 * should be valid, the token is replaced once and the call repeated once; so the call must be safe to repeat.
 *
 * @param legacySignIn signs for connections that it made; those cannot be used where it is not there
 */
export function createAuthorizedCall(
  accessTokens: AccessTokens,
  store: ConnectionStore,
  legacySignIn: () => LegacySignIn | undefined,
) {
  function credentialOf({ value, tokenSecret }: AccessToken): ApiCredential {
    if (tokenSecret === undefined) return value
    const legacy = legacySignIn()
    if (!legacy) throw new ConnectionError("reauthorization_required")
    return legacy.signerOf({ token: value, secret: tokenSecret })
  }

  /**
   * @param call is given what authorizes it; must only read
   * @returns what the call gave, and the version of the tokens that it was made with
   * @throws BitbucketError what Bitbucket answered, or ConnectionError where there is no token to call with
   */
  return async function authorizedCall<Result>(
    connection: Connection,
    call: (credential: ApiCredential) => Promise<Result>,
  ): Promise<{ result: Result; version: number }> {
    const token = await accessTokens.getAccessToken(connection.id, connection)
    try {
      return { result: await call(credentialOf(token)), version: token.version }
    } catch (error) {
      if (!isUnauthorized(error)) throw error
    }

    const replacement = await accessTokens.replaceRejectedToken(connection.id, token.version)
    try {
      return { result: await call(credentialOf(replacement)), version: replacement.version }
    } catch (error) {
      if (!isUnauthorized(error)) throw error
      const retryAfterSeconds = REFUSED_TOKEN_PAUSE_SECONDS
      await store.deferRenewal(connection.id, replacement.version, retryAfterSeconds)
      throw new ConnectionError("bitbucket_unavailable", { retryAfterSeconds, cause: error })
    }
  }
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof BitbucketError && error.code === "unauthorized"
}
