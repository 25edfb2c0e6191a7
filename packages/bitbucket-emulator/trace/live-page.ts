import { createHash } from "node:crypto"
import { type Context, Hono } from "hono"
import { html, raw } from "hono/html"
import type { Bitbucket } from "../bitbucket.ts"
import { type ControlEnv, guardSameOrigin } from "../control-guard.ts"
import type { Journal } from "../journal.ts"
import { type Html, page } from "../web/html.ts"
import { style } from "../web/style.ts"
import { traceHar } from "./har.ts"
import { type Hop, hopOf } from "./hop.ts"
import { hopArticle } from "./hop-article.ts"
import { lastFlow } from "./last-flow.ts"
import { liveScript } from "./live-script.ts"
import { traceMarkdown } from "./markdown.ts"

/** The page may only show itself, run its one script and send requests to this origin. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src '${sourceHash(style)}'`,
  `script-src '${sourceHash(liveScript)}'`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ")

/**
 * `GET /_control/`: every hop of the last sign-in, while it happens. The server renders it; without JavaScript it reloads
 * itself, with it it changes in place and can copy itself as Markdown.
 */
export function livePage(bitbucket: Bitbucket, journal: Journal): Hono<ControlEnv> {
  const routes = new Hono<ControlEnv>()
  const readHops = () => lastFlow(journal.entries()).map((entry) => hopOf(bitbucket, entry))

  routes.get("/", (context) => {
    context.header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    keepPrivate(context)
    const head = html`<noscript><meta http-equiv="refresh" content="3"></noscript>`
    return context.html(page({ title: "The last sign-in", head }, liveBody(readHops())))
  })
  routes.get("/trace.md", guardSameOrigin, (context) => {
    keepPrivate(context)
    return context.body(traceMarkdown(readHops()), 200, { "Content-Type": "text/plain; charset=utf-8" })
  })
  routes.get("/trace.har", guardSameOrigin, (context) => {
    keepPrivate(context)
    context.header("Content-Disposition", 'attachment; filename="bitbucket-sign-in.har"')
    return context.json(traceHar(readHops()))
  })
  return routes
}

function keepPrivate(context: Context): void {
  context.header("Cache-Control", "no-store")
  context.header("X-Content-Type-Options", "nosniff")
  context.header("Cross-Origin-Resource-Policy", "same-origin")
  context.header("Referrer-Policy", "no-referrer")
}

function liveBody(hops: readonly Hop[]): Html {
  return html`<h1>The last sign&#8209;in, hop by hop</h1>
<p class="lead">What the emulated Bitbucket was asked and what it answered. Secrets are shown by their length and 16 bits of their hash, so equal marks are equal secrets.</p>
<div class="tools">
<button type="button" data-copy hidden>Copy as Markdown</button>
<a class="button quiet" href="/_control/trace.md" data-markdown>Markdown</a>
<a class="button quiet" href="/_control/trace.har" download>Download HAR</a>
<span class="muted small" role="status" data-status></span>
</div>
<section aria-label="Hops" data-trace data-version="${versionOf(hops)}">
<p class="muted">${summaryOf(hops)}</p>
<ol class="hops plain">
${hops.map((hop, index) => hopArticle(hop, index, hops))}
</ol>
</section>
<script>${raw(liveScript)}</script>`
}

function summaryOf(hops: readonly Hop[]): string {
  const first = hops[0]
  if (first === undefined) return "No one has signed in yet. Start in your application: this page follows."
  return `${hops.length} ${hops.length === 1 ? "hop" : "hops"} since ${first.at.replace("T", " ").replace(/\.\d+Z$/, " UTC")}`
}

/** Differs whenever the page would. */
function versionOf(hops: readonly Hop[]): string {
  return createHash("sha256").update(JSON.stringify(hops)).digest("base64url").slice(0, 16)
}

function sourceHash(source: string): string {
  return `sha256-${createHash("sha256").update(source).digest("base64")}`
}
