import * as oauth from "oauth4webapi"
import { bitbucketUrls } from "../bitbucket/urls.ts"
import { createBoundedFetch } from "../http/bounded-fetch.ts"
import { basicAuthentication } from "./client-secret-basic.ts"
import { parseRetryAfterSeconds } from "./retry-after.ts"
import { type TokenSet, tokenResponseSchema } from "./token-set.ts"

/** How a refresh request can end without tokens. `status` is the HTTP status of the answer. */
export type RefreshFailure =
  | { kind: "no_answer" }
  | {
      kind: "oauth_error"
      status: number
      error: string
      description: string
      retryAfterSeconds: number | null
    }
  | { kind: "unexpected_answer"; status: number; retryAfterSeconds: number | null }

export type RefreshOutcome =
  | { ok: true; tokens: TokenSet }
  | { ok: false; failure: RefreshFailure; cause: unknown }

/** Exchanges a refresh token for new tokens. @param signal cancels the request */
export type RefreshGrant = (refreshToken: string, signal?: AbortSignal) => Promise<RefreshOutcome>

/** The token endpoint and this client's credentials there. */
export type TokenEndpoint = {
  /** Bitbucket Cloud's unless given. */
  url?: string | undefined
  clientId: string
  clientSecret: string
  /** RFC 6749 §2.3.1: HTTP Basic, or the body for servers that don't support Basic. */
  credentialsIn?: "header" | "body"
  /** Sends the requests; Node's own HTTP client, with a deadline and a cap on what it reads, unless given. */
  fetch?: typeof fetch
}

/**
 * Creates the function that exchanges a refresh token for new tokens (RFC 6749 §6), with the client authentication that
 * the endpoint expects (§2.3.1). It sends one request and never repeats it: only the caller knows whether it may ask again
 * after a lost answer.
 */
export function createRefreshGrant(endpoint: TokenEndpoint): RefreshGrant {
  const { url = bitbucketUrls().token } = endpoint
  const issuer = new URL(url).origin
  const server: oauth.AuthorizationServer = { issuer, token_endpoint: url }
  const client: oauth.Client = { client_id: endpoint.clientId }
  const options = {
    [oauth.customFetch]: endpoint.fetch ?? createBoundedFetch({ origins: [issuer] }),
    [oauth.allowInsecureRequests]: url.startsWith("http:"),
  }

  const authentication =
    endpoint.credentialsIn === "body"
      ? oauth.ClientSecretPost(endpoint.clientSecret)
      : basicAuthentication(endpoint.clientSecret)

  return async (refreshToken, signal) => {
    let response: Response
    try {
      response = await oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, {
        ...options,
        ...(signal && { signal }),
      })
    } catch (cause) {
      return { ok: false, failure: { kind: "no_answer" }, cause }
    }
    return readAnswer(response)
  }
}

/** Uses our own schema, because the library refuses a missing `token_type` and a null `refresh_token`. */
async function readAnswer(response: Response): Promise<RefreshOutcome> {
  const { status } = response
  const retryAfterSeconds = parseRetryAfterSeconds(response.headers.get("retry-after"))
  const body: unknown = await response.json().catch(() => undefined)
  if (status === 200) {
    const tokens = tokenResponseSchema.safeParse(body)
    if (tokens.success) return { ok: true, tokens: tokens.data }
    return { ok: false, failure: { kind: "unexpected_answer", status, retryAfterSeconds }, cause: undefined }
  }
  const error = readErrorBody(body)
  return {
    ok: false,
    failure: error
      ? { kind: "oauth_error", status, ...error, retryAfterSeconds }
      : { kind: "unexpected_answer", status, retryAfterSeconds },
    cause: undefined,
  }
}

/** RFC 6749 §5.2. The texts come from the server and are untrusted: we compare them and never show them. */
function readErrorBody(body: unknown): { error: string; description: string } | undefined {
  if (typeof body !== "object" || body === null || !("error" in body) || typeof body.error !== "string")
    return
  const description = "error_description" in body ? body.error_description : ""
  return { error: body.error, description: typeof description === "string" ? description : "" }
}
