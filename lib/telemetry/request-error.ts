import "server-only"
import { trace } from "@opentelemetry/api"
import { log } from "@/lib/log"
import { allowedAttributes } from "./allow-list"
import { errorType, noteFailure } from "./spans"

/**
 * Reports what a page, route or action did not catch: its kind, the digest that the page of the error shows, and
 * the pattern of the route. Neither message nor address: both may hold a code or a name.
 *
 * @param routePath of the file that answers, as Next says it
 */
export function reportRequestError(error: unknown, routePath: string): void {
  const code = errorType(error)
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : ""
  const { "http.route": route } = allowedAttributes({ "http.route": routePath })
  log.error("request_failed", {
    code,
    ...(/^\d{1,20}$/.test(digest) && { reason: digest }),
    ...(typeof route === "string" && { route }),
  })
  noteFailure(trace.getActiveSpan(), code)
}
