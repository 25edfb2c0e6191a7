import type { z } from "zod"
import { parseRetryAfterSeconds } from "@/lib/oauth/retry-after"
import { boundedFetch } from "./bounded-fetch"
import { BitbucketError } from "./errors"

/**
 * GETs a resource of the Bitbucket API with a bearer token in the Authorization header (RFC 6750 §2.1),
 * the only place where Bitbucket accepts one since May 2026.
 *
 * @param url an address on the API origin
 * @param accessToken goes into the header and nowhere else
 * @param schema what the body must be
 * @throws BitbucketError for every answer but a 200 whose JSON the schema accepts
 */
export async function getResource<Schema extends z.ZodType>(
  url: string,
  accessToken: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const response = await boundedFetch(url, {
    headers: { authorization: `Bearer ${accessToken}`, accept: "application/json" },
  })
  const body = await readJson(response)
  if (response.status !== 200) throw errorOf(response, body)
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw new BitbucketError("unexpected_answer", { status: 200, cause: parsed.error })
  return parsed.data
}

/** JSON by content type: several of Bitbucket's refusals are plain text, and its edge answers in HTML. */
async function readJson(response: Response): Promise<unknown> {
  if (!/^application\/json\b/i.test(response.headers.get("content-type") ?? "")) return undefined
  return response.json().catch(() => undefined)
}

function errorOf(response: Response, body: unknown): BitbucketError {
  const { status } = response
  const retryAfterSeconds = parseRetryAfterSeconds(response.headers.get("retry-after"))
  if (status === 401) return new BitbucketError("unauthorized", { status })
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

/** `error.detail` of a 403 names the scopes that were granted and required. */
function missingScopesOf(body: unknown): string[] {
  const detail = (body as { error?: { detail?: { required?: unknown; granted?: unknown } } } | undefined)
    ?.error?.detail
  const required = Array.isArray(detail?.required) ? detail.required : []
  const granted: unknown[] = Array.isArray(detail?.granted) ? detail.granted : []
  return required.filter((scope): scope is string => typeof scope === "string" && !granted.includes(scope))
}
