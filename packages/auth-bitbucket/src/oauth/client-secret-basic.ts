import type { ClientAuth } from "oauth4webapi"

/**
 * The Authorization header of a client at the token endpoint, RFC 6749 §2.3.1: HTTP Basic with the form-encoded key
 * and secret. It is byte for byte what Auth.js sends at the code exchange, so even a server that compares raw headers
 * accepts the client for both requests or for neither.
 */
export function clientSecretBasic(clientId: string, clientSecret: string): string {
  return `Basic ${btoa(`${formEncode(clientId)}:${formEncode(clientSecret)}`)}`
}

/** RFC 6749, appendix B; hyphens, dots and the like stay as they are. */
function formEncode(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+")
}

/** Replaces oauth4webapi's `ClientSecretBasic`, which also encodes hyphens and dots. */
export function basicAuthentication(clientSecret: string): ClientAuth {
  return (_server, { client_id }, _body, headers) =>
    headers.set("authorization", clientSecretBasic(client_id, clientSecret))
}
