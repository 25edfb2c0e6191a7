import { html } from "hono/html"
import type { Scope } from "../oauth2/scopes.ts"
import type { OAuthClient, Person } from "../state.ts"
import { avatarPath } from "./avatar.ts"
import { csrfField } from "./csrf.ts"
import { type Html, page, type Viewer } from "./html.ts"
import { signInPath } from "./sign-in.ts"

/** Each scope as a person would say it. */
const SCOPE_IN_WORDS: Record<Scope, string> = {
  account: "Read your account information",
  "account:write": "Read and change your account information",
  email: "Read your email addresses",
  repository: "Read your repositories",
  "repository:write": "Read and change your repositories",
  "repository:admin": "Administer your repositories",
  "repository:delete": "Delete your repositories",
  pullrequest: "Read your repositories and their pull requests",
  "pullrequest:write": "Read and change your repositories and their pull requests",
  project: "Read your projects and repositories",
  "project:write": "Change your projects",
  "project:admin": "Administer your projects",
  team: "Read which workspaces you belong to",
  "team:write": "Read and change the workspaces you belong to",
  issue: "Read the issues of your repositories",
  "issue:write": "Read and change the issues of your repositories",
  wiki: "Read and change the wikis of your repositories",
  snippet: "Read your snippets",
  "snippet:write": "Read and change your snippets",
  webhook: "Read and change the webhooks of your repositories",
  pipeline: "Read the pipelines of your repositories",
  "pipeline:write": "Run and stop the pipelines of your repositories",
  "pipeline:variable": "Read and change the variables of your pipelines",
  runner: "Read your pipeline runners",
  "runner:write": "Read and change your pipeline runners",
  test: "Read the test results of your repositories",
  "test:write": "Read and change the test results of your repositories",
  PUBLIC_REPOS: "Read everything public",
  REPO_READ: "Read the repositories that you may read",
  REPO_WRITE: "Read and change your repositories",
  REPO_ADMIN: "Do everything you may do",
}

const tick = html`<svg aria-hidden="true" width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="m4 10.5 4 4 8-9"/></svg>`

/** A client's question to a person, in either protocol. */
interface Consent {
  readonly client: OAuthClient
  readonly scopes: readonly Scope[]
  /** Where the answer is posted. */
  readonly action: string
  /** The parameters that go with the answer. */
  readonly carried: readonly (readonly [name: string, value: string])[]
  /** The address of the question itself. */
  readonly askAgain: string
  /** Where the answer sends the browser; null if it ends on a page here. */
  readonly callback: string | null
  readonly person: Person
  readonly viewer: Viewer
}

/** The question whether a client may use the person's account. */
export function consentPage(consent: Consent): Html {
  const { client, scopes, action, carried, askAgain, callback, person, viewer } = consent
  return page(
    { title: "Confirm access", viewer, width: "narrow" },
    html`<section class="card">
<h1>${client.name} asks for access to your account</h1>
<div class="who">
${person.avatar === "none" ? "" : html`<img class="avatar" src="${avatarPath(person)}" alt="">`}
<p>You are <strong>${viewer.displayName}</strong>.<br><a class="small" href="${signInPath(askAgain)}">Continue as another person</a></p>
</div>
<h2 id="scopes">It wants to</h2>
<ul class="plain scopes" aria-labelledby="scopes">
${scopes.map((scope) => html`<li>${tick}<span>${SCOPE_IN_WORDS[scope]}<br><code class="muted">${scope}</code></span></li>`)}
</ul>
<form method="post" action="${action}">
${csrfField(viewer.csrfToken)}${carried.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="actions">
<button name="action" value="approve">Allow</button>
<button class="quiet" name="action" value="deny">Cancel</button>
</div>
</form>
</section>
<p class="small muted">${
      callback === null
        ? "If you allow it, this page shows you a code to type there."
        : html`Either way your browser goes back to <code>${new URL(callback).origin}</code>.`
    }</p>`,
  )
}
