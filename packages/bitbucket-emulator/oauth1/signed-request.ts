import { type Bitbucket, contractOf } from "../bitbucket.ts"
import type { OAuthClient } from "../state.ts"
import {
  isRsaSignature,
  isSameSignature,
  type Parameters,
  parseAuthorizationHeader,
  type SignatureMethod,
  sign,
  signatureBaseString,
} from "./rfc5849.ts"

/** The parts of a request that RFC 5849 covers. `url` is the address that the client signed. */
export interface PresentedRequest {
  readonly method: string
  readonly url: string
  readonly authorization: string | null
  readonly form: URLSearchParams
}

export type Verification =
  | { readonly ok: true; readonly client: OAuthClient; readonly parameters: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly problem: string }

/** Recorded: Adafruit-WebIDE#134 and #41, Strider-CD/strider#325, mlavin/django-all-access#28; 400, no more detail. */
export const UNVERIFIED = "Could not verify OAuth request."
/** BB-O2. */
const TIMESTAMP_TOLERANCE_MS = 5 * 60 * 1000

/** All parameters of RFC 5849 §3.4.1.3.1, including the signature, wherever they travelled (BB-O2). */
function collectParameters({ url, authorization, form }: PresentedRequest): Parameters {
  return [...new URL(url).searchParams, ...form, ...(parseAuthorizationHeader(authorization ?? "") ?? [])]
}

/** Whether a request claims to be an OAuth 1.0a one, valid or not. */
export function isSigned(request: PresentedRequest): boolean {
  return collectParameters(request).some(([name]) => name === "oauth_consumer_key")
}

/**
 * Verifies signature, timestamp and nonce. `secretOf` returns the secret that belongs to `oauth_token`, null if the token is
 * unknown. The messages of every refusal but `UNVERIFIED` are third-party: django-piston's, whose author made Bitbucket
 * and whose key, secret and verifier lengths (18, 32, 10) and recorded refusal are Bitbucket's (BB-A1, BB-O5).
 */
export function verifySignedRequest(
  bitbucket: Bitbucket,
  request: PresentedRequest,
  rules: {
    required: readonly string[]
    allowsPlaintext: boolean
    secretOf: (token: string, client: OAuthClient) => string | null
  },
): Verification {
  const all = collectParameters(request)
  const protocol = all.filter(([name]) => name.startsWith("oauth_"))
  const parameters = new Map(protocol)
  const refuse = (problem: string): Verification => ({ ok: false, problem })
  if (parameters.size < protocol.length) return refuse(UNVERIFIED) // §3.1: none more than once
  const signatureMethod = parseSignatureMethod(bitbucket, parameters, rules.allowsPlaintext)
  const missing = [
    "oauth_consumer_key",
    "oauth_signature",
    "oauth_signature_method",
    // §3.1: PLAINTEXT does not need them.
    ...(signatureMethod === "PLAINTEXT" ? [] : ["oauth_timestamp", "oauth_nonce"]),
    ...rules.required,
  ].filter((name) => !parameters.has(name))
  if (missing.length > 0) return refuse(`Missing OAuth parameters: ${missing.join(", ")}`)

  const client = bitbucket.state.clients.get(parameters.get("oauth_consumer_key") ?? "")
  if (client === undefined) return refuse("Invalid Consumer.")
  const token = parameters.get("oauth_token") ?? ""
  const tokenSecret = token === "" ? "" : rules.secretOf(token, client)
  if (tokenSecret === null) return refuse("Invalid request token.")
  if (signatureMethod === null || (parameters.get("oauth_version") ?? "1.0") !== "1.0")
    return refuse(UNVERIFIED)

  const signed = all.filter(([name]) => name !== "oauth_signature")
  const baseString = signatureBaseString(request.method, request.url, signed)
  const given = parameters.get("oauth_signature") ?? ""
  const isVerified =
    signatureMethod === "RSA-SHA1"
      ? isRsaSignature(client.public_key ?? "", baseString, given)
      : isSameSignature(
          given,
          sign(signatureMethod, baseString, { consumer: client.secret, token: tokenSecret }),
        )
  if (!isVerified) return refuse(UNVERIFIED)
  // Last, so that only callers with the secrets can use up a nonce.
  return isFresh(bitbucket, parameters) ? { ok: true, client, parameters } : refuse(UNVERIFIED)
}

function parseSignatureMethod(
  bitbucket: Bitbucket,
  parameters: ReadonlyMap<string, string>,
  allowsPlaintext: boolean,
): SignatureMethod | "RSA-SHA1" | null {
  const { config } = bitbucket
  const name = parameters.get("oauth_signature_method")
  if (contractOf(bitbucket).dataCenter) return name === "RSA-SHA1" ? name : null // BB-D8
  if (name === "HMAC-SHA1") return name
  const isPlaintextAllowed = allowsPlaintext || config.oauth1_plaintext === "everywhere"
  return name === "PLAINTEXT" && isPlaintextAllowed ? name : null
}

/** §3.3: a timestamp within five minutes of the wall clock, and a nonce not seen with it before. */
function isFresh({ state, clock }: Bitbucket, parameters: ReadonlyMap<string, string>): boolean {
  const timestamp = parameters.get("oauth_timestamp")
  const nonce = parameters.get("oauth_nonce")
  const now = clock.wallNow()
  for (const [used, atMs] of state.usedNonces) {
    if (now - atMs <= 2 * TIMESTAMP_TOLERANCE_MS) break
    state.usedNonces.delete(used)
  }
  if (timestamp === undefined && nonce === undefined) return true
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(now - Number(timestamp) * 1000) > TIMESTAMP_TOLERANCE_MS) return false
  const use = JSON.stringify([
    timestamp,
    nonce,
    parameters.get("oauth_consumer_key"),
    parameters.get("oauth_token"),
  ])
  if (state.usedNonces.has(use)) return false
  state.usedNonces.set(use, now)
  return true
}
