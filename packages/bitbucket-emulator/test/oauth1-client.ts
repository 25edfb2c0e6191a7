import { Clock } from "../clock.ts"
import type { Emulator } from "../index.ts"
import {
  formatAuthorizationHeader,
  type SignatureMethod,
  sign,
  signatureBaseString,
} from "../oauth1/rfc5849.ts"
import { Browser, locationOf } from "./browser.ts"
import { demoClient } from "./oauth-client.ts"

export interface Credentials {
  readonly token: string
  readonly secret: string
}

interface SignedRequest {
  readonly method?: "GET" | "POST"
  readonly client?: { readonly key: string; readonly secret: string }
  readonly credentials?: Credentials
  readonly signatureMethod?: SignatureMethod
  /** Where the protocol's parameters travel. */
  readonly place?: "header" | "query" | "body"
  /** Added to, or instead of, the usual parameters; undefined leaves one out. */
  readonly parameters?: Record<string, string | undefined>
  readonly form?: Record<string, string>
  /** The fault in the signature, if any. */
  readonly spoil?: (signature: string) => string
}

const clock = new Clock()
let nonces = 0

/** A request signed according to RFC 5849, sent without following redirects. */
export async function sendSigned(address: string, request: SignedRequest = {}): Promise<Response> {
  const { method = "POST", client = demoClient, credentials, place = "header", form = {} } = request
  const { signatureMethod = "HMAC-SHA1", spoil = (signature) => signature } = request
  nonces += 1
  const named = {
    oauth_consumer_key: client.key,
    oauth_token: credentials?.token,
    oauth_signature_method: signatureMethod,
    oauth_timestamp: String(Math.floor(clock.wallNow() / 1000)),
    oauth_nonce: `nonce-${nonces}`,
    oauth_version: "1.0",
    ...request.parameters,
  }
  const protocol = Object.entries(named).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const signed = [...new URL(address).searchParams, ...Object.entries(form), ...protocol]
  const signature = sign(signatureMethod, signatureBaseString(method, address, signed), {
    consumer: client.secret,
    token: credentials?.secret ?? "",
  })
  const all: [string, string][] = [...protocol, ["oauth_signature", spoil(signature)]]
  const url = new URL(address)
  if (place === "query") for (const [name, value] of all) url.searchParams.append(name, value)
  const body = new URLSearchParams([...Object.entries(form), ...(place === "body" ? all : [])])
  return fetch(url, {
    method,
    redirect: "manual",
    headers: place === "header" ? { Authorization: formatAuthorizationHeader(all) } : {},
    ...(method === "POST" ? { body } : {}),
  })
}

/** The response of request_token or access_token. */
export async function readCredentials(response: Response): Promise<Credentials> {
  const fields = new URLSearchParams(await response.text())
  return { token: fields.get("oauth_token") ?? "", secret: fields.get("oauth_token_secret") ?? "" }
}

export async function obtainRequestToken(
  { siteUrl }: Emulator,
  callback = "http://localhost:3000/oauth1/callback",
  request: SignedRequest = {},
): Promise<Credentials> {
  const parameters = { oauth_callback: callback, ...request.parameters }
  const address = `${siteUrl}/api/1.0/oauth/request_token`
  return readCredentials(await sendSigned(address, { ...request, parameters }))
}

/** Takes a person through sign-in and consent; returns the browser and where Bitbucket redirected it. */
export async function decide(
  emulator: Emulator,
  requestToken: Credentials,
  { username = "demo", action = "approve" } = {},
): Promise<{ browser: Browser; response: Response }> {
  const browser = new Browser(emulator)
  await browser.signIn(username)
  const fields = { oauth_token: requestToken.token, action }
  return { browser, response: await browser.post("/api/1.0/oauth/authenticate", fields) }
}

/** All the steps from nothing to credentials that call the API. */
export async function obtainOAuth1Credentials(
  emulator: Emulator,
  { username = "demo", slash = "" } = {},
): Promise<Credentials> {
  const requestToken = await obtainRequestToken(emulator)
  const { response } = await decide(emulator, requestToken, { username })
  const oauth_verifier = locationOf(response).searchParams.get("oauth_verifier") ?? undefined
  return readCredentials(
    await sendSigned(`${emulator.siteUrl}/api/1.0/oauth/access_token${slash}`, {
      credentials: requestToken,
      parameters: { oauth_verifier },
    }),
  )
}
