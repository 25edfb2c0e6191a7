import { createHash } from "node:crypto"
import type { Context } from "hono"
import type { ContentfulStatusCode } from "hono/utils/http-status"
import { spacedJson } from "../spaced-json.ts"
import { selectFields } from "./partial-response.ts"

/** A JSON response of the API with the headers that all of them carry (BB-H5, BB-H6), trimmed to `fields`. */
export function apiJson(context: Context, body: unknown, status: ContentfulStatusCode = 200): Response {
  const fields = context.req.query("fields")
  const text = spacedJson(status === 200 && fields !== undefined ? selectFields(body, fields) : body)
  context.header("Cache-Control", "private")
  context.header("Vary", "Authorization, Origin, cookie, user-context")
  if (status === 200) context.header("Etag", `"${createHash("md5").update(text).digest("hex")}"`)
  return context.body(text, status, { "Content-Type": "application/json; charset=utf-8" })
}

/** The error envelope; absent members are left out. */
export function apiError(
  context: Context,
  status: ContentfulStatusCode,
  error: { message: string; detail?: unknown; data?: unknown },
): Response {
  return apiJson(context, { type: "error", error, data: error.data }, status)
}

/** BB-P8: 243 bytes, the same for every path without an API behind it, with or without credentials. */
export function unknownPath(context: Context): Response {
  return apiError(context, 404, {
    message: "Resource not found",
    detail:
      "There is no API hosted at this URL.\n\nFor information about our API's, please refer to the documentation at: https://developer.atlassian.com/bitbucket/api/2/reference/",
  })
}
