import { type Bitbucket, contractOf } from "../bitbucket.ts"
import type { OAuthClient } from "../state.ts"
import { refuse, type TokenReply } from "./token-reply.ts"

export type ClientAuthentication =
  | { readonly ok: true; readonly client: OAuthClient }
  | { readonly ok: false; readonly reply: TokenReply }

/**
 * Client authentication at the token endpoint: HTTP Basic (BB-T2), or `client_id` and `client_secret` in the form, which
 * no page documents but every client built on passport-oauth2 sends.
 */
export function authenticateClient(
  bitbucket: Bitbucket,
  authorization: string | null,
  form: URLSearchParams,
): ClientAuthentication {
  const isDataCenter = contractOf(bitbucket).dataCenter !== null
  const credentials = isDataCenter ? readForm(form) : (readBasic(bitbucket, authorization) ?? readForm(form)) // BB-D5
  // BB-D5: the error code of RFC 6749 §5.2, assumed.
  const error = isDataCenter ? "invalid_client" : "unauthorized_client"
  if (credentials === null) {
    const description = "Requests must be authenticated using OAuth client credentials"
    return { ok: false, reply: refuse(error, description) } // BB-E2
  }
  const client = bitbucket.state.clients.get(credentials.key)
  if (client === undefined || client.secret !== credentials.secret) {
    return { ok: false, reply: refuse(error, "Invalid OAuth client credentials") } // BB-E1
  }
  return { ok: true, client }
}

interface Credentials {
  readonly key: string
  readonly secret: string
}

/**
 * Key and secret in either spelling (BB-T14): as they are, or form-encoded as RFC 6749 §2.3.1 requires, where a strict client
 * writes `-`, `.`, `_` and `~` with a percent sign.
 */
function readBasic({ state }: Bitbucket, authorization: string | null): Credentials | null {
  const encoded = /^Basic +(\S+)$/i.exec(authorization ?? "")?.[1]
  if (encoded === undefined) return null
  const [key = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":")
  const asSent = { key, secret: rest.join(":") }
  const decoded = { key: formDecode(asSent.key), secret: formDecode(asSent.secret) }
  const isClient = (credentials: Credentials) =>
    state.clients.get(credentials.key)?.secret === credentials.secret
  return !isClient(asSent) && isClient(decoded) ? decoded : asSent
}

/** The text unchanged if it has a percent sign that encodes nothing. */
export function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return text
  }
}

function readForm(form: URLSearchParams): Credentials | null {
  const [key, secret] = [form.get("client_id"), form.get("client_secret")]
  return key === null || secret === null ? null : { key, secret }
}
