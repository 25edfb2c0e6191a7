import { Hono } from "hono"
import { html } from "hono/html"
import type { Bitbucket } from "../bitbucket.ts"
import { viewerOf } from "./browser-session.ts"
import { type Html, page } from "./html.ts"

/** `GET /`: an introduction, for a person who follows a link or a port number here. */
export function homeRoutes(bitbucket: Bitbucket): Hono {
  const routes = new Hono()
  routes.get("/", (context) => {
    const viewer = viewerOf(context, bitbucket)
    return context.html(page({ title: "Start", viewer }, homeBody(bitbucket, viewer !== null)))
  })
  return routes
}

function homeBody(bitbucket: Bitbucket, isSignedIn: boolean): Html {
  const { state, config, siteUrl, apiUrl } = bitbucket
  return html`<h1>A Bitbucket that is an emulator</h1>
<p class="lead">It answers sign-in, OAuth and the user API the way Bitbucket Cloud does, without credentials and without the internet.</p>
<section class="card"><h2>Point your application here</h2>
<dl>
<dt>Site</dt><dd><code>${siteUrl}</code></dd>
<dt>API</dt><dd><code>${apiUrl}</code></dd>
<dt>Authorize</dt><dd><code>${siteUrl}/site/oauth2/authorize</code></dd>
<dt>Token</dt><dd><code>${siteUrl}/site/oauth2/access_token</code></dd>
<dt>Contract</dt><dd><code>${config.contract}</code></dd>
<dt>Clock</dt><dd><time datetime="${bitbucket.clock.date().toISOString()}">${bitbucket.clock.date().toUTCString()}</time></dd>
</dl></section>
<section class="card"><h2>OAuth clients</h2>
${[...state.clients.values()].map(
  (client) => html`<article class="entry"><h3 class="small">${client.name}</h3>
<p class="small muted">${client.note}</p>
<dl class="small">
<dt>Key</dt><dd><code>${client.key}</code></dd>
<dt>Secret</dt><dd><code>${client.secret}</code></dd>
<dt>Callback URL</dt><dd><code>${client.callback_url ?? "none"}</code></dd>
<dt>Scopes</dt><dd><code>${client.scopes.join(" ")}</code></dd>
</dl></article>`,
)}
</section>
<section class="card"><h2>People</h2>
<p>${state.people.size} people are seeded; the <a href="/account/signin/">sign-in page</a> shows them with their passwords.${
    isSignedIn
      ? html` You can see what you authorized under <a href="/account/settings/app-authorizations/">App authorizations</a>.`
      : ""
  }</p>
${bitbucket.hasLivePage ? html`<p>During a sign-in, the <a href="/_control/">live page</a> shows every request and answer.</p>` : ""}</section>`
}
