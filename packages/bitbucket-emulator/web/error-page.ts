import { html } from "hono/html"
import { type Html, page } from "./html.ts"

/** A plain page on which the flow ends: no redirect, no form. */
export function errorPage(title: string, detail: string): Html {
  return page(
    { title, width: "narrow" },
    html`<section class="card"><h1>${title}</h1><p class="lead">${detail}</p><p><a href="/">Back to the start page</a></p></section>`,
  )
}
