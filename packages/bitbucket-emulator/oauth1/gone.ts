import type { Context } from "hono"
import { type Bitbucket, contractOf } from "../bitbucket.ts"
import { spacedJson } from "../spaced-json.ts"

/** Data Center still supports it (BB-D8). */
export function isOAuth1Gone(bitbucket: Bitbucket): boolean {
  return bitbucket.config.oauth1 === "gone" && contractOf(bitbucket).dataCenter === null
}

/**
 * The answer of all OAuth 1.0a endpoints since early 2026: the status is recorded, for request_token and for
 * signed calls; the body is assumed to be the API's own of that time (BB-P2).
 */
export function oauth1IsGone(context: Context): Response {
  const message = "Token is invalid, expired, or not supported for this endpoint."
  return context.body(spacedJson({ type: "error", error: { message } }), 401, {
    "Content-Type": "application/json; charset=utf-8",
  })
}
