import { clientSecretBasic } from "auth-bitbucket/connections"
import * as oauth from "oauth4webapi"
import { clientScreen } from "./bitbucket-screens"
import { type Answer, probe } from "./probe"
import { type CheckResult, failed, ok } from "./result"
import { notBitbucket, sitePlace, troubleOf } from "./trouble"

export const CLIENT_REFUSED = "client_refused"
export const NO_CALLBACK = "callback_missing"

type Client = { key: string; secret: string }

const id = "bitbucket.client"

/**
 * Tries the key and the secret at the token endpoint with a made-up authorization code, so that the answer only tells
 * whether Bitbucket accepts the client. Sends them as a sign-in does, RFC 6749 §2.3.1 and §4.1.3.
 */
export function tryClient(
  tokenEndpoint: string,
  { key, secret }: Client,
  callbackUrl: string | null,
  fetch: typeof globalThis.fetch,
): Promise<Answer> {
  return probe(() =>
    oauth.genericTokenEndpointRequest(
      { issuer: new URL(tokenEndpoint).origin, token_endpoint: tokenEndpoint },
      { client_id: key },
      (_server, { client_id }, _body, headers) =>
        headers.set("authorization", clientSecretBasic(client_id, secret)),
      "authorization_code",
      new URLSearchParams({ code: "setup-check", ...(callbackUrl && { redirect_uri: callbackUrl }) }),
      {
        [oauth.customFetch]: fetch,
        [oauth.allowInsecureRequests]: tokenEndpoint.startsWith("http:"),
      },
    ),
  )
}

/** Reads what the token endpoint said about a client: Bitbucket's words of BB-E1 to BB-E7. */
export function readClientAnswer(answer: Answer, client: Client): CheckResult {
  const trouble = troubleOf(id, answer, sitePlace)
  if (trouble) return trouble
  const { status, error, description } = errorOf(answer)
  if (/must be authenticated/i.test(description))
    return failed(
      id,
      "authorization_header_lost",
      "Bitbucket received no key and secret, since something between here and Bitbucket removes the Authorization header",
      "let the proxy pass it on",
    )
  if (error === "unauthorized_client" || error === "invalid_client") return refused(client)
  if (/no callback uri/i.test(description))
    return failed(
      id,
      NO_CALLBACK,
      "The OAuth client has no callback URL in Bitbucket, so no one can sign in with it",
      `open ${clientScreen}, edit the client and enter the callback URL`,
    )
  if (/unsupported grant type|cannot use/i.test(description))
    return failed(
      id,
      "authorization_code_off",
      "Bitbucket accepts the key and the secret, but not for signing people in",
      `open ${clientScreen}, and switch Authorisation code on (tab Authorisation of the newer screens)`,
    )
  if (status === 400 && (error === "invalid_grant" || error === "invalid_request"))
    return ok(id, "Bitbucket accepts the key and the secret; it refused only the made-up code, as it should.")
  if (status === 401) return refused(client)
  return notBitbucket(id, sitePlace)
}

/** BB-E1 does not distinguish a wrong key from a wrong secret. */
function refused(client: Client): CheckResult {
  return failed(
    id,
    CLIENT_REFUSED,
    `Bitbucket does not accept this key with this secret and does not say which is wrong${lengthHint(client)}`,
    `copy AUTH_BITBUCKET_ID (the Key) and AUTH_BITBUCKET_SECRET (the Secret) again from ${clientScreen}`,
  )
}

/** BB-A1, which another project found: a hint, and only if something is wrong. */
function lengthHint({ key, secret }: Client): string {
  if ([18, 32].includes(key.length) && [32, 76].includes(secret.length)) return ""
  const areSwapped = key.length === 76 || (secret.length === 18 && key.length === 32)
  if (areSwapped) return ", but they look swapped"
  return " (keys usually have 18 or 32 characters and secrets 32 or 76, and yours differ)"
}

function errorOf(answer: Answer): { status: number; error: string; description: string } {
  if (answer.kind !== "answer" || !answer.isJson) return { status: 0, error: "", description: "" }
  const body = parse(answer.body) as { error?: unknown; error_description?: unknown } | null
  return {
    status: answer.status,
    error: String(body?.error ?? ""),
    description: String(body?.error_description ?? ""),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
