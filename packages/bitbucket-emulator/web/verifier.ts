import { html } from "hono/html"
import { type Html, page, type Viewer } from "./html.ts"

/** The PIN page: the code that a person types by hand into a program that has no callback (BB-O7). */
export function verifierPage(clientName: string, verifier: string, viewer: Viewer | null): Html {
  return page(
    { title: "Your verification code", viewer, width: "narrow" },
    html`<section class="card">
<h1>Finish in ${clientName}</h1>
<p class="lead">You allowed ${clientName} to use your account. Type this code where it asks for one:</p>
<p class="pin" id="verifier">${verifier}</p>
<p class="small muted">It works once and for one hour. You can close this page afterwards.</p>
</section>`,
  )
}

/** The last page after a refusal without a callback. */
export function refusedPage(clientName: string, viewer: Viewer | null): Html {
  return page(
    { title: "Access refused", viewer, width: "narrow" },
    html`<section class="card">
<h1>${clientName} got no access</h1>
<p class="lead">Nothing was shared. You can close this page.</p>
</section>`,
  )
}
