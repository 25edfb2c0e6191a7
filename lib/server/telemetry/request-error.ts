import "server-only"
import { trace } from "@opentelemetry/api"
import { failureCode, reportFailure } from "@/lib/server/failure-report"
import { allowedAttributes } from "./allow-list"
import { noteFailure } from "./spans"

/**
 * Reports an error that a page, route or action did not catch, with the digest that the error page shows as its id, and
 * the route's pattern. It leaves out the message and the URL, which may contain a code or a name.
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
