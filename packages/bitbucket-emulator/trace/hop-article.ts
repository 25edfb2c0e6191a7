import { html } from "hono/html"
import type { Html } from "../web/html.ts"
import { type Hop, locationOf } from "./hop.ts"
import { answerOf, bodyText, offsetMs, partsOf } from "./markdown.ts"

const FROM = { browser: "The browser", application: "Your application" } as const

/** One hop on the live page: the sentence first, then everything that went over the wire. */
export function hopArticle(hop: Hop, index: number, hops: readonly Hop[]): Html {
  const { host, path } = partsOf(hop.address)
  const location = locationOf(hop)
  const isGood = hop.status !== null && hop.status < 400 && hop.fault === null
  return html`<li class="card hop">
<header>
<h2><span class="muted">${index + 1}.</span> ${hop.method} <code>${path}</code></h2>
<p class="${isGood ? "answer" : "answer bad"}">${answerOf(hop)}</p>
</header>
<p class="small muted">${FROM[hop.from]} asks <code>${host}</code> at <time datetime="${hop.at}">+${offsetMs(hop, hops)} ms</time>, ${
    hop.durationMs === null ? "not answered" : `answered in ${hop.durationMs} ms`
  }.</p>
${fieldList("Query", hop.query)}${fieldList("Form", hop.form)}
${location === null ? "" : html`<p class="leads">Leads to <code>${location}</code></p>`}
${answerBody(hop.responseBody, index)}
<details><summary>Headers</summary>
${fieldList("Request", hop.requestHeaders)}${fieldList("Answer", hop.responseHeaders)}
</details>
</li>`
}

function answerBody(body: unknown, index: number): Html | string {
  if (body === null) return ""
  if (typeof body === "string") return html`<p class="leads">Answers with ${body}</p>`
  return html`<pre tabindex="0" role="region" aria-label="Body of answer ${index + 1}"><code>${bodyText(body)}</code></pre>`
}

function fieldList(title: string, fields: Record<string, string>): Html | string {
  const entries = Object.entries(fields)
  if (entries.length === 0) return ""
  return html`<h3 class="small">${title}</h3>
<dl class="small">${entries.map(([name, value]) => html`<dt><code>${name}</code></dt><dd><code>${value}</code></dd>`)}</dl>`
}
