import { BitbucketError } from "auth-bitbucket/bitbucket/errors"
import { parseReceivedJson } from "auth-bitbucket/oauth/received-text"
import { parseRetryAfterSeconds } from "auth-bitbucket/oauth/retry-after"
import type { z } from "zod"
import { boundedFetch } from "./bounded-fetch"
import { bitbucketEndpoints } from "./endpoints"

/** Writes the Authorization header of one request. */
export type RequestSigner = (method: "GET", url: string) => string

/** What authorizes a call: an access token, or what signs each request with one. */
export type ApiCredential = string | RequestSigner

/**
 * GETs a resource of the Bitbucket API with a bearer token in the Authorization header (RFC 6750 §2.1),
 * the only place where Bitbucket accepts one since May 2026.
 *
 * @param url an address on the API origin
 * @param credential goes into the header and nowhere else
 * @param schema what the body must be
 * @throws BitbucketError for every answer but a 200 whose JSON the schema accepts
 */
export async function getResource<Schema extends z.ZodType>(
  url: string,
  credential: ApiCredential,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const response = await requestResource(url, credential)
  const parsed = schema.safeParse(await readJson(response))
  if (!parsed.success) throw new BitbucketError("unexpected_answer", { status: 200, cause: parsed.error })
  return parsed.data
}

/** GETs anything of Bitbucket's. @throws BitbucketError for every answer but a 200 */
export async function requestResource(url: string, credential: ApiCredential): Promise<Response> {
  const authorization = typeof credential === "string" ? `Bearer ${credential}` : credential("GET", url)
  const response = await boundedFetch(url, { headers: { authorization, accept: "application/json" } })
  if (response.status !== 200) throw errorOf(url, response, await readJson(response))
  return response
}

/**
 * Asks Bitbucket whose token this is. At other endpoints a 401 says "Token is invalid, expired, or not supported for
 * this endpoint", and leaves open which.
 *
 * @throws BitbucketError `unauthorized` where the token is not accepted; any other code where Bitbucket cannot say
 */
export async function checkToken(credential: ApiCredential): Promise<void> {
  await requestResource(bitbucketEndpoints().user, credential)
}

/**
 * JSON by content type: several of Bitbucket's refusals are plain text, and its edge answers in HTML. All text in it is
 * well-formed from here on.
 */
async function readJson(response: Response): Promise<unknown> {
  if (!/^application\/json\b/i.test(response.headers.get("content-type") ?? "")) return undefined
  return response
    .text()
    .then(parseReceivedJson)
    .catch(() => undefined)
}

function errorOf(url: string, response: Response, body: unknown): BitbucketError {
  const { status } = response
  const retryAfterSeconds = parseRetryAfterSeconds(response.headers.get("retry-after"))
  if (status === 401) return new BitbucketError(codeOf401(url, body), { status })
  if (status === 403) {
    const missingScopes = missingScopesOf(body)
    return new BitbucketError(missingScopes.length > 0 ? "insufficient_scope" : "forbidden", {
      status,
      missingScopes,
    })
  }
  if (status === 404) return new BitbucketError("not_found", { status })
  if (status === 410) {
    const changeId = /CHANGE-\d+/.exec(JSON.stringify(body ?? ""))?.[0]
    return new BitbucketError("endpoint_removed", { status, ...(changeId && { changeId }) })
  }
  if (status === 429) return new BitbucketError("rate_limited", { status, retryAfterSeconds })
  if (status >= 500 || status === 408) return new BitbucketError("unavailable", { status, retryAfterSeconds })
  return new BitbucketError("unexpected_answer", { status })
}

/**
 * What a 401 is about. Of a workspace, Bitbucket says 401 also where it means 403 ("You do not have access to view
 * this workspace."); refreshing a good token would not help anybody in.
 *
 * @see https://github.com/renovatebot/renovate/pull/14402
 */
function codeOf401(url: string, body: unknown): "unauthorized" | "unauthorized_here" | "forbidden" {
  if (url === bitbucketEndpoints().user) return "unauthorized"
  const message = (body as { error?: { message?: unknown } } | undefined)?.error?.message
  return typeof message === "string" && /\bdo not have access\b/i.test(message)
    ? "forbidden"
    : "unauthorized_here"
}

/** `error.detail` of a 403 names the scopes that were granted and required. */
function missingScopesOf(body: unknown): string[] {
  const detail = (body as { error?: { detail?: { required?: unknown; granted?: unknown } } } | undefined)
    ?.error?.detail
  const required = Array.isArray(detail?.required) ? detail.required : []
  const granted: unknown[] = Array.isArray(detail?.granted) ? detail.granted : []
  return required.filter((scope): scope is string => typeof scope === "string" && !granted.includes(scope))
}
