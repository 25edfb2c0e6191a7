import { type Context, Hono } from "hono"
import { html } from "hono/html"
import { type Bitbucket, findPerson } from "../bitbucket.ts"
import { readForm } from "../form.ts"
import type { Person } from "../state.ts"
import { avatarPath } from "./avatar.ts"
import { endBrowserSession, getSignedInPerson, startBrowserSession } from "./browser-session.ts"
import { csrfField, ensureCsrfToken, hasCsrfToken } from "./csrf.ts"
import { errorPage } from "./error-page.ts"
import { type Html, page } from "./html.ts"
import { parseNextPath } from "./next-path.ts"

/** Where an anonymous browser goes, to return to `next` once it has signed in. */
export function signInPath(next: string): string {
  return `/account/signin/?next=${encodeURIComponent(next)}`
}

export function signInRoutes(bitbucket: Bitbucket): Hono {
  const routes = new Hono()

  routes.get("/account/signin", (context) => {
    return context.html(
      signInPage(context, bitbucket, { next: parseNextPath(context.req.query("next") ?? null) }),
    )
  })

  routes.post("/account/signin", async (context) => {
    const form = await readForm(context.req.raw)
    if (!hasCsrfToken(context, form)) return context.html(csrfFailed(), 403)
    const next = parseNextPath(form.get("next") ?? context.req.query("next") ?? null)
    const username = form.get("username") ?? ""
    const person = findPerson(bitbucket, username)
    if (person === null || person.password !== form.get("password")) {
      return context.html(signInPage(context, bitbucket, { next, refusedUsername: username }))
    }
    startBrowserSession(context, bitbucket, person)
    return context.redirect(next)
  })

  routes.post("/account/signout", async (context) => {
    if (!hasCsrfToken(context, await readForm(context.req.raw))) return context.html(csrfFailed(), 403)
    endBrowserSession(context, bitbucket)
    return context.redirect("/account/signin/")
  })

  return routes
}

export function csrfFailed(): Html {
  return errorPage("Forbidden", "The form's CSRF token is missing or does not match this browser's.")
}

function signInPage(
  context: Context,
  bitbucket: Bitbucket,
  { next, refusedUsername }: { next: string; refusedUsername?: string },
): Html {
  const csrfToken = ensureCsrfToken(context, bitbucket)
  const signedIn = getSignedInPerson(context, bitbucket)
  const hidden = html`${csrfField(csrfToken)}<input type="hidden" name="next" value="${next}">`
  return page(
    { title: "Sign in" },
    html`<h1>Sign in to the emulated Bitbucket</h1>
<p class="lead">The people below exist in this emulator only.</p>
<div class="columns">
<div class="card">
${
  refusedUsername === undefined
    ? ""
    : html`<p class="alert" role="alert" id="refusal">That username and password do not match.</p>`
}
${
  signedIn === null
    ? ""
    : html`<p class="notice">You are signed in as ${signedIn.display_name ?? signedIn.username}. Signing in again replaces that.</p>`
}
<form method="post" action="/account/signin/">
${hidden}
<label for="username">Username or email</label>
<input type="text" id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus value="${refusedUsername ?? ""}">
<label for="password">Password</label>
<input type="password" id="password" name="password" autocomplete="current-password" required ${
      refusedUsername === undefined ? "" : html`aria-invalid="true" aria-describedby="refusal"`
    }>
<button class="wide">Sign in</button>
</form>
</div>
<section class="card" aria-labelledby="people">
<h2 id="people">Or continue as one of them</h2>
<ul class="plain people">
${[...bitbucket.state.people.values()].map((person) => html`<li>${personForm(person, hidden)}</li>`)}
</ul>
</section>
</div>`,
  )
}

/** One small form per person, so that the buttons work without JavaScript. */
function personForm(person: Person, hidden: Html): Html {
  const name = person.display_name ?? person.username
  return html`<form method="post" action="/account/signin/">
${hidden}
<input type="hidden" name="username" value="${person.username}">
<input type="hidden" name="password" value="${person.password}">
<button class="person">
${person.avatar === "none" ? html`<span class="avatar"></span>` : html`<img class="avatar" src="${avatarPath(person)}" alt="">`}
<span><strong><span class="unseen">Continue as </span>${name}</strong>
<span class="small"><code>${person.username}</code> with password <code>${person.password}</code></span>
${person.note === "" ? "" : html`<br><span class="small muted">${person.note}</span>`}</span>
</button>
</form>`
}
