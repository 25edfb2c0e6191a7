import type { Context } from "hono"
import { type Bitbucket, contractOf, scopesInForce } from "../bitbucket.ts"
import { stableAccountId, stableUuid } from "../identifiers.ts"
import { isOAuth1Gone } from "../oauth1/gone.ts"
import { isSigned, type PresentedRequest, verifySignedRequest } from "../oauth1/signed-request.ts"
import { findOAuth1Token, oauth1Scopes } from "../oauth1/tokens.ts"
import { findOwner } from "../oauth2/client-credentials-grant.ts"
import { keepInUse } from "../oauth2/pruning.ts"
import { grantsScope, maximalScopes, type Scope } from "../oauth2/scopes.ts"
import { findLiveGrant, isAccessTokenExpired } from "../oauth2/tokens.ts"
import type { OAuthClient, Person, ResourceToken } from "../state.ts"
import { personVisitor, type Visitor } from "../workspaces.ts"
import type { ApiTokenScope } from "./token-scopes.ts"

/** The sender of a call. */
export interface Caller {
  readonly person: Person | null
  /** The actor if no person acts: a client or an access token. Null for anonymous callers too. */
  readonly app: App | null
  readonly visitor: Visitor
  /** Null for anonymous callers. */
  readonly credential: Credential | null
}

/** An `app_user` (BB-C8, BB-U10, BB-K3). */
export interface App {
  readonly name: string
  readonly uuid: string
  readonly accountId: string
  readonly kind: "oauth_client" | ResourceToken["kind"]
}

/** The credentials of a call, and what they open. */
export interface Credential {
  /** BB-H5, BB-O8. */
  readonly type: "oauth2" | "oauth1" | "api_token" | ResourceToken["kind"]
  /** The key under which calls are counted together (BB-H1). */
  readonly counter: string
  readonly scopes: readonly string[]
  /** The scopes without those that another one implies. */
  readonly topScopes: readonly string[]
  /** Chooses the list of required scopes that applies to this credential. */
  readonly requiredOf: (operation: Operation) => readonly string[]
  readonly grants: (operation: Operation) => boolean
}

/** The scopes that a call needs: those of an OAuth client or access token, or those of an API token. */
export interface Operation {
  readonly scopes: readonly Scope[]
  readonly apiTokenScopes: readonly ApiTokenScope[]
}

export type Identification =
  | { readonly ok: true; readonly caller: Caller }
  | Refused
  /** BB-P3. */
  | { readonly ok: false; readonly isBasic: true; readonly hasCredentials: true }

interface Refused {
  readonly ok: false
  readonly isBasic: false
  /** Of the 401. */
  readonly message: string
  /** Whether the call never had valid credentials: such calls are counted by address. */
  readonly isAnonymous: boolean
  /** Whether the call had any credentials. */
  readonly hasCredentials: boolean
}

export const anonymousCaller: Caller = {
  person: null,
  app: null,
  visitor: { kind: "anonymous" },
  credential: null,
}

/**
 * Identifies the caller by Basic, by bearer token or, if `oauth1` is on, by signature. `url` is the address as it
 * arrived.
 */
export function identifyCaller(bitbucket: Bitbucket, context: Context, url: string): Identification {
  const authorization = context.req.header("Authorization") ?? null
  if (/^Basic\b/i.test(authorization ?? "")) return identifyBasic(bitbucket, authorization ?? "")
  const presented: PresentedRequest = {
    method: context.req.method,
    url,
    authorization,
    form: new URLSearchParams(),
  }
  if (!isOAuth1Gone(bitbucket) && isSigned(presented)) return identifySigner(bitbucket, presented)
  const token = readBearerToken(bitbucket, context)
  return identifyBearer(bitbucket, token, authorization !== null || token !== null)
}

export function appOfClient(client: OAuthClient): App {
  const name = `app_user:${client.key}`
  return {
    name: client.name,
    uuid: stableUuid(name),
    accountId: stableAccountId(name),
    kind: "oauth_client",
  }
}

export function appOfToken({ name, uuid, kind }: ResourceToken): App {
  return { name, uuid, accountId: stableAccountId(`app_user:${uuid}`), kind }
}

/**
 * BB-K1: an address and an API token. App passwords ended on 28 July 2026 (BB-P3), and account passwords never worked
 * here.
 */
function identifyBasic({ state, clock }: Bitbucket, authorization: string): Identification {
  const refused = { ok: false, isBasic: true, hasCredentials: true } as const
  const encoded = /^Basic +(\S+)$/i.exec(authorization)?.[1] ?? ""
  const [email = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":")
  const token = state.apiTokens.get(rest.join(":"))
  const person = token && state.people.get(token.username)
  const isOwn = person?.emails.some((entry) => entry.email.toLowerCase() === email.toLowerCase())
  if (!token || !person || !isOwn || hasEnded(token, clock.now())) return refused
  const { scopes } = token
  const requiredOf = ({ apiTokenScopes }: Operation) => apiTokenScopes
  const credential: Credential = {
    type: "api_token",
    counter: `person ${person.username}`,
    scopes,
    topScopes: scopes,
    requiredOf,
    grants: (operation) => operation.apiTokenScopes.every((scope) => scopes.includes(scope)),
  }
  const { username } = person
  return { ok: true, caller: { person, app: null, visitor: personVisitor(username), credential } }
}

function hasEnded({ expires_on }: { readonly expires_on: string | null }, nowMs: number): boolean {
  return expires_on !== null && nowMs >= Date.parse(expires_on)
}

function identifyBearer(
  bitbucket: Bitbucket,
  presented: string | null,
  hasCredentials: boolean,
): Identification {
  const { invalidTokenMessage, expiredTokenMessage } = contractOf(bitbucket)
  const { state, clock } = bitbucket
  const refuse = (message: string, isAnonymous: boolean): Refused => ({
    ok: false,
    isBasic: false,
    message,
    isAnonymous,
    hasCredentials,
  })
  const invalid = refuse(invalidTokenMessage, true) // BB-P2, BB-P4
  const resourceToken = state.resourceTokens.get(presented ?? "")
  if (resourceToken) {
    if (hasEnded(resourceToken, clock.now())) return invalid
    const { visitor, kind, uuid } = resourceToken
    const credential = oauthCredential(kind, `token ${uuid}`, scopesInForce(bitbucket, resourceToken.scopes))
    return { ok: true, caller: { person: null, app: appOfToken(resourceToken), visitor, credential } }
  }
  const token = state.accessTokens.get(presented ?? "")
  const grant = token && findLiveGrant(bitbucket, token.grantId)
  const client = grant && state.clients.get(grant.clientKey)
  if (!token || !grant || !client) return invalid
  const person = grant.username === null ? null : state.people.get(grant.username)
  if (person === undefined) return invalid
  if (isAccessTokenExpired(bitbucket, token)) return refuse(expiredTokenMessage, false) // BB-P1, BB-P2
  keepInUse(state.accessTokens, presented ?? "", token)
  const credential = oauthCredential("oauth2", `client ${client.key}`, scopesInForce(bitbucket, grant.scopes))
  const visitor: Visitor =
    person === null ? { kind: "client", workspace: client.workspace } : personVisitor(person.username)
  return {
    ok: true,
    caller: { person, app: person === null ? appOfClient(client) : null, visitor, credential },
  }
}

function oauthCredential(type: Credential["type"], counter: string, scopes: readonly Scope[]): Credential {
  return {
    type,
    counter,
    scopes,
    topScopes: maximalScopes(scopes),
    requiredOf: (operation) => operation.scopes,
    grants: (operation) => operation.scopes.every((scope) => grantsScope(scopes, scope)),
  }
}

/** BB-C5: in 2026 only the header counts; a token anywhere else is ignored. */
function readBearerToken(bitbucket: Bitbucket, context: Context): string | null {
  const fromHeader = /^Bearer +(\S+)$/i.exec(context.req.header("Authorization") ?? "")?.[1]
  if (fromHeader !== undefined) return fromHeader
  const takesQuery = contractOf(bitbucket).bearerLocations.includes("query")
  return takesQuery ? (context.req.query("access_token") ?? null) : null
}

/**
 * BB-O8: a signed call. Without `oauth_token` it has two legs and acts for the client's owner (BB-O10). That a refusal is 401
 * is recorded (YahnisElsts/plugin-update-checker#219, bitbucket-rest-api/bitbucket#18); its body is assumed.
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
  const refused: Refused = { ok: false, isBasic: false, message, isAnonymous: true, hasCredentials: true }
  if (!verification.ok) return refused
  const { client, parameters } = verification
  const token = parameters.get("oauth_token") ?? ""
  const username =
    token === "" ? findOwner(bitbucket, client) : findOAuth1Token(bitbucket, token)?.grant.username
  const person = bitbucket.state.people.get(username ?? "")
  if (person === undefined) return refused
  const credential = oauthCredential("oauth1", `client ${client.key}`, oauth1Scopes(bitbucket, client))
  return {
    ok: true,
    caller: { person, app: null, visitor: personVisitor(person.username), credential },
  }
}
