import { type NextRequest, NextResponse } from "next/server"
import { noStore } from "@/lib/server/response-headers"
import { REFUSAL_POLICY, REFUSAL_STYLE } from "./refusal-policy"

/**
 * RFC 6585 §4: people get a page that says so, programs get a code. Both must withstand
 * floods, so they cost next to nothing: they render nothing and read no session.
 */
export function tooManyRequests(request: NextRequest, retryAfterSeconds: number): NextResponse {
  const next = request.nextUrl.searchParams.get("next")
  const retry = next === null ? "/" : `/signin?next=${encodeURIComponent(next)}`
  return refusal(request, 429, "too_many_requests", {
    headers: { "retry-after": String(retryAfterSeconds) },
    title: "Too many requests",
    body: `<p>Too many requests of this kind came from where you are within a minute, perhaps from others who share your
connection. Nothing was changed.</p>
<p>Wait ${retryAfterSeconds} seconds, then <a href="${retry}">try again</a>.</p>`,
  })
}

/** A form that a page of another origin sent. @param appOrigin where people find this app */
export function crossSiteRequest(request: NextRequest, appOrigin: string): NextResponse {
  const { href, origin } = new URL("/", appOrigin)
  return refusal(request, 403, "cross_site_request", {
    title: "This form came from another address",
    body: `<p>This site accepts forms only from its own pages. Nothing was changed.</p>
<p>Open <a href="${href}">${origin}</a> and do it there.</p>`,
  })
}

/** RFC 9110 §15.5.1: a truncated or malformed form. */
export function unreadableForm(request: NextRequest): NextResponse {
  return refusal(request, 400, "unreadable_form", {
    title: "This form could not be read",
    body: `<p>It arrived incomplete or damaged. Nothing was changed.</p>
<p>Go back to the page, load it again, and send the form once more.</p>`,
  })
}

type Explanation = { title: string; body: string; headers?: Record<string, string> }

/** A short page for clients that accept HTML, and a code for programs. */
function refusal(
  request: NextRequest,
  status: number,
  error: string,
  { title, body, headers }: Explanation,
): NextResponse {
  const common = { ...noStore, ...headers }
  if (!request.headers.get("accept")?.includes("text/html"))
    return NextResponse.json({ error }, { status, headers: common })
  return new NextResponse(page(title, body), {
    status,
    headers: {
      ...common,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": REFUSAL_POLICY,
    },
  })
}

/** @param body is markup, with everything from the request escaped or encoded */
function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${REFUSAL_STYLE}</style>
<main>
<h1>${title}</h1>
${body}
</main>
`
}

/** RFC 9110 §15.5.14. Does not wait for the rest of the body. */
export function requestTooLarge(): NextResponse {
  const headers = { ...noStore, connection: "close" }
  return NextResponse.json({ error: "request_too_large" }, { status: 413, headers })
}
