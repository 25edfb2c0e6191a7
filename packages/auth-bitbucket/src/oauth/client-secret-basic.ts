import type { ClientAuth } from "oauth4webapi"

/**
 * The Authorization header of a client at the token endpoint, RFC 6749 §2.3.1: HTTP Basic over the form-encoded key
 * and secret. Spelled as Auth.js spells it at the code exchange, byte by byte: a server that compares the header as it
 * came accepts a client at both requests or at neither.
 */
export function clientSecretBasic(clientId: string, clientSecret: string): string {
  return `Basic ${btoa(`${formEncode(clientId)}:${formEncode(clientSecret)}`)}`
}

/** RFC 6749, appendix B; hyphens, dots and the like stay as they are. */
function formEncode(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+")
}

/** What oauth4webapi is to do in place of its `ClientSecretBasic`, which encodes hyphens and dots as well. */
export function basicAuthentication(clientSecret: string): ClientAuth {
  return (_server, { client_id }, _body, headers) =>
    headers.set("authorization", clientSecretBasic(client_id, clientSecret))
}
