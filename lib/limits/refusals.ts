import { type NextRequest, NextResponse } from "next/server"
import { noStore } from "@/lib/no-store"

/**
 * RFC 6585 §4: who opens an address gets a page that says so, a program its code. Both cost next to nothing, since
 * they are made for floods: nothing is rendered and nobody's session is read.
 */
export function tooManyRequests(request: NextRequest, retryAfterSeconds: number): NextResponse {
  const headers = { ...noStore, "retry-after": String(retryAfterSeconds) }
  if (!request.headers.get("accept")?.includes("text/html"))
    return NextResponse.json({ error: "too_many_requests" }, { status: 429, headers })
  const nonce = crypto.randomUUID()
  return new NextResponse(page(retryAfterSeconds, request.nextUrl.searchParams.get("next"), nonce), {
    status: 429,
    headers: {
      ...headers,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
  })
}

function page(seconds: number, next: string | null, nonce: string): string {
  const retry = next === null ? "/" : `/signin?next=${encodeURIComponent(next)}`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>That was too often</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif }
main { max-width: 32rem; margin: 4rem auto; padding: 0 1rem }
</style>
<main>
<h1>That was too often</h1>
<p>Too many requests of this kind came from where you are within a minute, perhaps from others who share your
connection. Nothing was changed.</p>
<p>Wait ${seconds} seconds, then <a href="${retry}">try again</a>.</p>
</main>
`
}

/** RFC 9110 §15.5.14. The rest of the body is not waited for. */
export function requestTooLarge(): NextResponse {
  const headers = { ...noStore, connection: "close" }
  return NextResponse.json({ error: "request_too_large" }, { status: 413, headers })
}
