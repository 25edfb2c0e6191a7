import { Hono } from "hono"
import { html } from "hono/html"
import type { Bitbucket } from "../bitbucket.ts"
import { readForm } from "../form.ts"
import { revokeAuthorizations } from "../oauth2/tokens.ts"
import type { OAuthClient, Person } from "../state.ts"
import { getSignedInPerson, viewerOf } from "./browser-session.ts"
import { csrfField, ensureCsrfToken, hasCsrfToken } from "./csrf.ts"
import { type Html, page } from "./html.ts"
import { csrfFailed, signInPath } from "./sign-in.ts"

const PATH = "/account/settings/app-authorizations"

interface AuthorizedApplication {
  readonly client: OAuthClient
  readonly verdict: "allow" | "deny"
  readonly scopes: readonly string[]
  readonly since: Date | null
  /** Whether it came by OAuth 1.0a, whose tokens do not expire by themselves. */
  readonly isOAuth1: boolean
}

/** BB-T11, BB-A15: where a person sees what they allowed or refused, and revokes it. There is no revocation endpoint. */
export function appAuthorizationRoutes(bitbucket: Bitbucket): Hono {
  const routes = new Hono()

  routes.get(PATH, (context) => {
    const person = getSignedInPerson(context, bitbucket)
    if (person === null) return context.redirect(signInPath(PATH))
    const csrfToken = ensureCsrfToken(context, bitbucket)
    const applications = listApplications(bitbucket, person)
    const body = html`<h1>App authorizations</h1>
<p class="lead">The apps that can use your account. Revoking one ends its tokens immediately.</p>
<section class="card">
${applications.length === 0 ? html`<p class="muted">No application has asked for access yet.</p>` : applications.map((application) => applicationEntry(application, csrfToken))}
</section>`
    return context.html(
      page({ title: "App authorizations", viewer: viewerOf(context, bitbucket), width: "narrow" }, body),
    )
  })

  routes.post(PATH, async (context) => {
    const person = getSignedInPerson(context, bitbucket)
    if (person === null) return context.redirect(signInPath(PATH))
    const form = await readForm(context.req.raw)
    if (!hasCsrfToken(context, form)) return context.html(csrfFailed(), 403)
    const clientKey = form.get("client_id") ?? ""
    revokeAuthorizations(bitbucket, { username: person.username, clientKey })
    return context.redirect(PATH)
  })

  return routes
}

function listApplications(bitbucket: Bitbucket, person: Person): AuthorizedApplication[] {
  const isMine = (entry: { username: string | null }) => entry.username === person.username
  const grants = [...bitbucket.state.grants.values()].filter(
    (grant) => isMine(grant) && grant.flow !== "client" && grant.revokedAtMs === null,
  )
  return [...bitbucket.state.clients.values()].flatMap((client) => {
    const given = grants.filter((candidate) => candidate.clientKey === client.key)
    const [grant] = given
    const decision = bitbucket.state.decisions.find(
      (entry) => isMine(entry) && entry.clientKey === client.key,
    )
    if (grant === undefined && decision === undefined) return []
    return [
      {
        client,
        verdict: grant === undefined ? (decision?.verdict ?? "allow") : ("allow" as const),
        scopes: grant?.scopes ?? decision?.scopes ?? [],
        since: grant === undefined ? null : new Date(grant.grantedAtMs),
        isOAuth1: given.some(({ flow }) => flow === "oauth1"),
      },
    ]
  })
}

function applicationEntry(
  { client, verdict, scopes, since, isOAuth1 }: AuthorizedApplication,
  csrfToken: string,
): Html {
  const label = verdict === "allow" ? "Revoke" : "Forget refusal"
  return html`<article class="entry"><header>
<div><h2>${client.name}</h2>
<p class="small muted">${verdict === "allow" ? "Allowed" : "Refused"}${
    since === null
      ? ""
      : html` since <time datetime="${since.toISOString()}">${since.toISOString().slice(0, 10)}</time>`
  }${isOAuth1 ? " by OAuth 1.0a" : ""}: <code>${scopes.join(" ")}</code></p></div>
<form method="post" action="${PATH}">${csrfField(csrfToken)}<input type="hidden" name="client_id" value="${client.key}">
<button class="quiet" aria-label="${label}: ${client.name}">${label}</button></form>
</header></article>`
}
