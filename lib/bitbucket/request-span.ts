import { SpanKind } from "@opentelemetry/api"
import { BitbucketError } from "auth-bitbucket/client"
import { observeRequest } from "@/lib/server/metrics/counters"
import { inSpan, noteFailure } from "@/lib/server/telemetry/spans"

/** The URLs that this app requests, with placeholders for ids. Others get no template. */
const templates = [
  "/site/oauth2/access_token",
  "/rest/oauth2/latest/token",
  "/plugins/servlet/applinks/whoami",
  "/rest/api/latest/users/{user}",
  "/2.0/user",
  "/2.0/user/emails",
  "/2.0/user/workspaces",
  "/2.0/user/workspaces/{workspace}/permission",
  "/2.0/workspaces/{workspace}",
  "/2.0/repositories/{workspace}",
]
const patterns = templates.map((template) => ({
  template,
  // Data Center may have a context path.
  pattern: new RegExp(`${template.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`),
}))

/** Sends a request to Bitbucket in a span of the trace, and measures it. */
export function inRequestSpan(method: string, url: URL, send: () => Promise<Response>): Promise<Response> {
  const template = patterns.find(({ pattern }) => pattern.test(url.pathname))?.template
  const asked = { "http.request.method": method, ...(template && { "url.template": template }) }
  const startedAt = performance.now()
  const measure = (status: number | undefined) =>
    observeRequest((performance.now() - startedAt) / 1_000, {
      endpoint: template ?? "other",
      status: status ? `${Math.trunc(status / 100)}xx` : "none",
    })
  return inSpan(
    "bitbucket.request",
    async (span) => {
      try {
        const response = await send()
        const { status } = response
        span.setAttribute("http.response.status_code", status)
        if (status >= 400) noteFailure(span, String(status))
        measure(status)
        return response
      } catch (error) {
        measure(error instanceof BitbucketError ? error.status : undefined)
        throw error
      }
    },
    { kind: SpanKind.CLIENT, attributes: asked },
  )
}
