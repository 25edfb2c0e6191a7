import { type Bitbucket, findPerson } from "./bitbucket.ts"
import { parseAuthorizationHeader } from "./oauth1/rfc5849.ts"
import { formDecode } from "./oauth2/client-authentication.ts"
import type { ReceivedRequest } from "./received-request.ts"
import { SESSION_COOKIE } from "./web/browser-session.ts"

/** The person and client of a request, as far as its contents tell, whether or not its credentials are valid. */
export interface Identity {
  readonly username: string | null
  readonly clientKey: string | null
}

/** Whether a text is a client's key: anything else in its place may be a misplaced secret. */
export type IsClientKey = (text: string) => boolean

/** Names the person and the client behind a request, so that faults and assertions can single one out. */
export function identify(bitbucket: Bitbucket, request: ReceivedRequest): Identity {
  const { state } = bitbucket
  const { form, headers, query } = request
  const credentials = headers.get("Authorization") ?? ""
  const oauth1 = new Map(parseAuthorizationHeader(credentials) ?? [])
  const oauth1Parameter = (name: string) => oauth1.get(name) ?? form.get(name) ?? query.get(name)
  const oauth1Token = oauth1Parameter("oauth_token") ?? ""
  const bearer = /^Bearer +(\S+)$/i.exec(credentials)?.[1] ?? ""
  const grantId =
    state.accessTokens.get(bearer)?.grantId ??
    state.refreshTokens.get(form.get("refresh_token") ?? "")?.grantId ??
    state.authorizationCodes.get(form.get("code") ?? "")?.grantId ??
    state.oauth1Tokens.get(oauth1Token)?.grantId ??
    state.requestTokens.get(oauth1Token)?.grantId
  const grant = state.grants.get(grantId ?? "")
  const typedUsername = form.get("username")
  const typedPerson = typedUsername === null ? null : findPerson(bitbucket, typedUsername)
  const sessionUsername = state.browserSessions.get(readSessionCookie(headers))
  const namedClient =
    form.get("client_id") ??
    query.get("client_id") ??
    oauth1Parameter("oauth_consumer_key") ??
    state.requestTokens.get(oauth1Token)?.clientKey
  const basicUser = readBasicUser(bitbucket, credentials)
  const basicPerson =
    basicUser === null || state.clients.has(basicUser) ? null : findPerson(bitbucket, basicUser)
  const basicClient = basicPerson === null ? basicUser : null
  return {
    username: grant?.username ?? typedPerson?.username ?? basicPerson?.username ?? sessionUsername ?? null,
    clientKey: grant?.clientKey ?? namedClient ?? basicClient,
  }
}

const sessionCookiePattern = new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([^;]*)`)

function readSessionCookie(headers: Headers): string {
  return sessionCookiePattern.exec(headers.get("Cookie") ?? "")?.[1] ?? ""
}

function readBasicUser({ state }: Bitbucket, authorization: string): string | null {
  const encoded = /^Basic +(\S+)$/i.exec(authorization)?.[1]
  if (encoded === undefined) return null
  const [user = ""] = Buffer.from(encoded, "base64").toString("utf8").split(":")
  const decoded = formDecode(user)
  return !state.clients.has(user) && state.clients.has(decoded) ? decoded : user
}
