import "server-only"
import { trace } from "@opentelemetry/api"
import { failureCode, reportFailure } from "@/lib/server/failure-report"
import { allowedAttributes } from "./allow-list"
import { noteFailure } from "./spans"

/**
 * Reports what a page, route or action did not catch, with the digest that the page of the error shows as its id, and
 * the pattern of the route. Neither message nor address: both may hold a code or a name.
 *
 * @param routePath of the file that answers, as Next says it
 */
export function reportRequestError(error: unknown, routePath: string): void {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : ""
  const { "http.route": route } = allowedAttributes({ "http.route": routePath })
  reportFailure("request_failed", error, {
    ...(/^\d{1,20}$/.test(digest) && { id: digest }),
    ...(typeof route === "string" && { route }),
  })
  noteFailure(trace.getActiveSpan(), failureCode(error))
}
