import * as oauth from "oauth4webapi"
import { basicAuthentication } from "@/lib/oauth/client-secret-basic"
import { clientScreen } from "./bitbucket-screens"
import { type Answer, probe } from "./probe"
import { type CheckResult, failed, ok } from "./result"
import { notBitbucket, troubleOf } from "./trouble"

type Client = { key: string; secret: string }

const id = "bitbucket.client"
const endpoint = { who: "Bitbucket's token endpoint", variable: "BITBUCKET_SITE_URL" } as const

/**
 * Tries the key and the secret at the token endpoint, with an authorization code that never was: nothing can come of
 * it but an answer that tells whether the client was accepted. Sent as a sign-in sends it, RFC 6749 §2.3.1 and §4.1.3.
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
      basicAuthentication(secret),
      "authorization_code",
      new URLSearchParams({ code: "setup-check", ...(callbackUrl && { redirect_uri: callbackUrl }) }),
      {
        [oauth.customFetch]: fetch,
        [oauth.allowInsecureRequests]: tokenEndpoint.startsWith("http:"),
      },
    ),
  )
}

/** Reads what the token endpoint said of a client: Bitbucket's words of BB-E1 to BB-E7. */
export function readClientAnswer(answer: Answer, client: Client): CheckResult {
  const trouble = troubleOf(id, answer, endpoint)
  if (trouble) return trouble
  const { status, error, description } = errorOf(answer)
  if (/must be authenticated/i.test(description))
    return failed(
      id,
      "Bitbucket received no key and secret: the Authorization header was lost on the way.",
      "Something between here and Bitbucket, such as a proxy, removes it. Let it through.",
    )
  if (error === "unauthorized_client" || error === "invalid_client") return refused(client)
  if (/no callback uri/i.test(description))
    return failed(
      id,
      "The OAuth client has no callback URL in Bitbucket, so nobody can sign in with it.",
      `Open ${clientScreen}, edit the client and enter the callback URL.`,
    )
  if (/unsupported grant type|cannot use/i.test(description))
    return failed(
      id,
      "Bitbucket accepts the key and the secret, but not for signing people in.",
      `Open ${clientScreen}, and switch Authorisation code on (tab Authorisation of the newer screens).`,
    )
  if (status === 400 && (error === "invalid_grant" || error === "invalid_request"))
    return ok(id, "Bitbucket accepts the key and the secret; it refused only the made-up code, as it should.")
  if (status === 401) return refused(client)
  return notBitbucket(id, endpoint.who, endpoint.variable)
}

/** BB-E1 does not tell a wrong key from a wrong secret. */
function refused(client: Client): CheckResult {
  return failed(
    id,
    "Bitbucket does not accept this key with this secret; it does not say which of the two is wrong.",
    `Copy both again from ${clientScreen}, and compare AUTH_BITBUCKET_ID with the Key, AUTH_BITBUCKET_SECRET with the Secret.${lengthHint(client)}`,
  )
}

/** BB-A1, which is somebody else's finding: a hint, and only where something is wrong. */
function lengthHint({ key, secret }: Client): string {
  if ([18, 32].includes(key.length) && [32, 76].includes(secret.length)) return ""
  const seen = "Keys usually have 18 or 32 characters and secrets 32 or 76, and yours differ."
  const areSwapped = key.length === 76 || (secret.length === 18 && key.length === 32)
  return ` ${areSwapped ? "They look swapped." : seen}`
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
