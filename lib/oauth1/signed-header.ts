import { randomBytes } from "node:crypto"
import { percentEncode, type SigningKey, sign, signatureBaseString } from "./signature"

export type Consumer = { consumerKey: string; key: SigningKey }

/** A token and the secret that belongs to it: a request token's, or those that call the API. */
export type TokenCredentials = { token: string; secret: string }

export type SignedRequest = {
  method: "GET" | "POST"
  /** The address as it will be sent, with its query. */
  url: string
  /** None for a request token, and for a call with two legs. */
  credentials?: TokenCredentials
  /** `oauth_callback` or `oauth_verifier`. */
  parameters?: Record<string, string>
  /** The fields of a form body, which are signed as well. */
  form?: URLSearchParams
}

type World = { now?: () => number; nonce?: () => string }

/**
 * Signs a request, RFC 5849 §3.1 and §3.5.1. All protocol parameters are in the Authorization header, so that no
 * token is in a URL.
 *
 * @param world the clock in milliseconds, and a nonce that is new each time (§3.3)
 * @returns the value of the header
 */
export function signedHeader(
  { consumerKey, key }: Consumer,
  { method, url, credentials, parameters = {}, form }: SignedRequest,
  { now = Date.now, nonce = () => randomBytes(16).toString("hex") }: World = {},
): string {
  const protocol: [string, string][] = [
    ["oauth_consumer_key", consumerKey],
    ...(credentials ? [["oauth_token", credentials.token] as [string, string]] : []),
    ["oauth_signature_method", key.method],
    ["oauth_timestamp", String(Math.floor(now() / 1_000))],
    ["oauth_nonce", nonce()],
    ["oauth_version", "1.0"],
    ...Object.entries(parameters),
  ]
  const baseString = signatureBaseString(method, url, [...(form ?? []), ...protocol])
  const signature = sign(key, baseString, credentials?.secret ?? "")
  const items = [...protocol, ["oauth_signature", signature] as const]
  return `OAuth ${items.map(([name, value]) => `${percentEncode(name)}="${percentEncode(value)}"`).join(", ")}`
}
