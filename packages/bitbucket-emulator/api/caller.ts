import type { Context } from "hono"
import { type Bitbucket, contractOf } from "../bitbucket.ts"
import { isOAuth1Gone } from "../oauth1/gone.ts"
import { isSigned, type PresentedRequest, verifySignedRequest } from "../oauth1/signed-request.ts"
import { findOAuth1Token, oauth1Scopes } from "../oauth1/tokens.ts"
import { findOwner } from "../oauth2/client-credentials-grant.ts"
import { keepInUse } from "../oauth2/pruning.ts"
import { type Scope, scopesInForce } from "../oauth2/scopes.ts"
import { findLiveGrant, isAccessTokenExpired } from "../oauth2/tokens.ts"
import type { OAuthClient, Person } from "../state.ts"

/** Who is behind a call. */
export interface Caller {
  /** null when the client acts for itself, as an app_user (BB-C8). */
  readonly person: Person | null
  readonly client: OAuthClient
  readonly scopes: readonly Scope[]
  readonly credentialType: "oauth2" | "oauth1"
}

export type Identification =
  | { readonly ok: true; readonly caller: Caller }
  /** A 401 with this message; `isAnonymous` when nothing was presented that once was good. */
  | { readonly ok: false; readonly message: string; readonly isAnonymous: boolean }

/** Who calls, by bearer token or, where `oauth1` is on, by signature. `url` is the address as it arrived. */
export function identifyCaller(bitbucket: Bitbucket, context: Context, url: string): Identification {
  const presented: PresentedRequest = {
    method: context.req.method,
    url,
    authorization: context.req.header("Authorization") ?? null,
    form: new URLSearchParams(),
  }
  if (!isOAuth1Gone(bitbucket) && isSigned(presented)) return identifySigner(bitbucket, presented)
  return identifyBearer(bitbucket, readBearerToken(bitbucket, context))
}

function identifyBearer(bitbucket: Bitbucket, presented: string | null): Identification {
  const { invalidTokenMessage, expiredTokenMessage } = contractOf(bitbucket)
  const { state } = bitbucket
  const invalid = { ok: false, message: invalidTokenMessage, isAnonymous: true } as const // BB-P2, BB-P4
  const token = state.accessTokens.get(presented ?? "")
  const grant = token && findLiveGrant(bitbucket, token.grantId)
  const client = grant && state.clients.get(grant.clientKey)
  if (!token || !grant || !client) return invalid
  const person = grant.username === null ? null : state.people.get(grant.username)
  if (person === undefined) return invalid
  if (isAccessTokenExpired(bitbucket, token)) {
    return { ok: false, message: expiredTokenMessage, isAnonymous: false } // BB-P1, BB-P2
  }
  keepInUse(state.accessTokens, presented ?? "", token)
  return {
    ok: true,
    caller: { person, client, scopes: scopesInForce(bitbucket, grant.scopes), credentialType: "oauth2" },
  }
}

/** BB-C5: the header is the only place in 2026; a token anywhere else is as good as none. */
function readBearerToken(bitbucket: Bitbucket, context: Context): string | null {
  const fromHeader = /^Bearer +(\S+)$/i.exec(context.req.header("Authorization") ?? "")?.[1]
  if (fromHeader !== undefined) return fromHeader
  const takesQuery = contractOf(bitbucket).bearerLocations.includes("query")
  return takesQuery ? (context.req.query("access_token") ?? null) : null
}

/**
 * BB-O8: a signed call. Without `oauth_token` it has two legs and acts for the client's owner. That a refusal is 401 is
 * recorded (YahnisElsts/plugin-update-checker#219, bitbucket-rest-api/bitbucket#18), its body assumed.
 */
function identifySigner(bitbucket: Bitbucket, presented: PresentedRequest): Identification {
  const verification = verifySignedRequest(bitbucket, presented, {
    required: [],
    allowsPlaintext: false, // BB-O3
    secretOf: (token, client) => {
      const found = findOAuth1Token(bitbucket, token)
      return found?.grant.clientKey === client.key ? found.credentials.secret : null
    },
  })
  const message = contractOf(bitbucket).invalidTokenMessage
  if (!verification.ok) return { ok: false, message, isAnonymous: true }
  const { client, parameters } = verification
  const token = parameters.get("oauth_token") ?? ""
  const username =
    token === "" ? findOwner(bitbucket, client) : findOAuth1Token(bitbucket, token)?.grant.username
  const person = bitbucket.state.people.get(username ?? "")
  if (person === undefined) return { ok: false, message, isAnonymous: true }
  return {
    ok: true,
    caller: { person, client, scopes: oauth1Scopes(bitbucket, client), credentialType: "oauth1" },
  }
}
