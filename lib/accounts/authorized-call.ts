import { BitbucketError, type BitbucketErrorCode } from "auth-bitbucket/client"
import {
  type AccessToken,
  type Connections,
  UserAuthorizationRequiredError,
} from "auth-bitbucket/connections"
import type { ApiCredential } from "@/lib/bitbucket/client"
import type { LegacySignIn } from "@/lib/bitbucket/legacy-sign-in"
import type { Connection } from "./connection"
import type { TokenPurpose } from "./token-uses"

/**
 * Creates the function that calls the Bitbucket API for a connection. If Bitbucket refuses a token that should be
 * valid, the function replaces the token once and repeats the call once, so the call must be safe to repeat.
 *
 * @param legacySignIn signs for the connections that it made; without it, those cannot be used
 */
export function createAuthorizedCall(
  kept: Pick<Connections, "getToken" | "deferRefresh">,
  legacySignIn: () => LegacySignIn | undefined,
) {
  function credentialOf({ value, tokenSecret }: AccessToken): ApiCredential {
    if (tokenSecret === undefined) return value
    const legacy = legacySignIn()
    if (!legacy) throw new UserAuthorizationRequiredError("not_connected")
    return legacy.signerOf({ token: value, secret: tokenSecret })
  }

  async function attempt<Result>(token: AccessToken, call: (credential: ApiCredential) => Promise<Result>) {
    return { result: await call(credentialOf(token)), version: token.version }
  }

  /**
   * @param purpose shown to the user among the uses of their token
   * @param call takes what authorizes it, and must only read
   * @returns the call's result, and the version of the tokens that it used
   * @throws BitbucketError if Bitbucket refuses or fails, ConnectionError if there is no token to call with
   */
  return async function authorizedCall<Result>(
    connection: Connection,
    purpose: TokenPurpose,
    call: (credential: ApiCredential) => Promise<Result>,
  ): Promise<{ result: Result; version: number }> {
    const token = await kept.getToken(connection, { purpose })
    try {
      return await attempt(token, call)
    } catch (error) {
      if (!hasCode(error, "unauthorized")) throw error
    }

    const replacement = await kept.getToken(connection, { purpose, rejected: token })
    try {
      return await attempt(replacement, call)
    } catch (error) {
      if (!hasCode(error, "unauthorized")) throw error
      throw await kept.deferRefresh(connection, replacement, error)
    }
  }
}

function hasCode(error: unknown, code: BitbucketErrorCode): boolean {
  return error instanceof BitbucketError && error.code === code
}
