import { html, raw } from "hono/html"
import { csrfField } from "./csrf.ts"
import { style } from "./style.ts"

export type Html = ReturnType<typeof html>

/** The signed-in user: shown in the strip at the top, with a sign-out button. */
export interface Viewer {
  readonly displayName: string
  readonly csrfToken: string
}

interface Page {
  readonly title: string
  readonly viewer?: Viewer | null
  readonly width?: "wide" | "narrow"
  /** A page's additions to the head that every page has. */
  readonly head?: Html
}

const mark = html`<svg aria-hidden="true" width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M7 3H6a2 2 0 0 0-2 2v3l-2 2 2 2v3a2 2 0 0 0 2 2h1M13 3h1a2 2 0 0 1 2 2v3l2 2-2 2v3a2 2 0 0 1-2 2h-1"/><circle cx="10" cy="10" r="1.6" fill="currentColor" stroke="none"/></svg>`

/** The frame of every page. Interpolated values are escaped by `html`; only the style sheet is raw. */
export function page({ title, viewer = null, width = "wide", head }: Page, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Bitbucket emulator</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
${head ?? ""}
</head>
<body>
<header class="strip"><div>
<a class="brand" href="/">${mark}Bitbucket emulator</a>
${viewer === null ? html`<span>Not the real Bitbucket</span>` : viewerMenu(viewer)}
</div></header>
<main class="${width}">
${body}
</main>
<footer>Not affiliated with Atlassian. An offline stand-in for bitbucket.org, for development and tests.</footer>
</body>
</html>`
}

function viewerMenu(viewer: Viewer): Html {
  return html`<nav aria-label="Your account">
<a href="/account/settings/app-authorizations/">${viewer.displayName}</a>
<form method="post" action="/account/signout/">${csrfField(viewer.csrfToken)}<button>Sign out</button></form>
</nav>`
}
