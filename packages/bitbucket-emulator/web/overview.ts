import { type Context, Hono } from "hono"
import { html } from "hono/html"
import type { Bitbucket } from "../bitbucket.ts"
import type { Person } from "../state.ts"
import {
  maySeeProject,
  maySeeWorkspace,
  personVisitor,
  repositoryPermissionOf,
  type Workspace,
} from "../workspaces.ts"
import { getSignedInPerson, viewerOf } from "./browser-session.ts"
import { type Html, page } from "./html.ts"

/** EM-8: the addresses in `links.html` lead to a page with a name, and no further. */
export function overviewRoutes(bitbucket: Bitbucket): Hono {
  const routes = new Hono()
  routes.get("/:owner", (context) => {
    const owner = context.req.param("owner")
    const person = [...bitbucket.state.people.values()].find(({ uuid }) => uuid === owner)
    if (person) return show(context, bitbucket, person.display_name ?? person.nickname, personFacts(person))
    const workspace = workspaceOf(bitbucket, context)
    if (workspace === null) return context.notFound()
    return show(
      context,
      bitbucket,
      workspace.name,
      html`<p>A workspace with ${workspace.repositories.length} repositories.</p>`,
    )
  })
  routes.get("/:owner/:repository", (context) => {
    const workspace = workspaceOf(bitbucket, context)
    const repository = workspace?.repositories.find(({ slug }) => slug === context.req.param("repository"))
    const mayRead =
      workspace &&
      repository &&
      (!repository.is_private ||
        repositoryPermissionOf(workspace, repository, visitorOf(context, bitbucket)) !== null)
    if (!mayRead) return context.notFound()
    const facts = html`<p>A ${repository.is_private ? "private" : "public"} repository of ${workspace.name}.</p>`
    return show(context, bitbucket, repository.name, facts)
  })
  routes.get("/:owner/workspace/projects/:key", (context) => {
    const workspace = workspaceOf(bitbucket, context)
    const project = workspace?.projects.find(({ key }) => key === context.req.param("key"))
    if (!workspace || !project || !maySeeProject(workspace, project, visitorOf(context, bitbucket))) {
      return context.notFound()
    }
    return show(context, bitbucket, project.name, html`<p>A project of ${workspace.name}.</p>`)
  })
  return routes
}

function workspaceOf(bitbucket: Bitbucket, context: Context): Workspace | null {
  const owner = context.req.param("owner")
  const workspaces = [...bitbucket.state.workspaces.values()]
  const workspace = workspaces.find(({ slug, uuid }) => slug === owner || uuid === owner)
  if (workspace === undefined) return null
  return maySeeWorkspace(workspace, visitorOf(context, bitbucket)) ? workspace : null
}

function visitorOf(context: Context, bitbucket: Bitbucket) {
  return personVisitor(getSignedInPerson(context, bitbucket)?.username ?? null)
}

function personFacts({ nickname, location }: Person): Html {
  return html`<p>${nickname}${location === null ? "" : html`, ${location}`}</p>`
}

function show(
  context: Context,
  bitbucket: Bitbucket,
  title: string,
  facts: Html,
): Response | Promise<Response> {
  const viewer = viewerOf(context, bitbucket)
  return context.html(
    page(
      { title, viewer, width: "narrow" },
      html`<section class="card"><h1>${title}</h1>${facts}<p class="small muted">Bitbucket has a page of many parts here; the emulator knows no more than this.</p></section>`,
    ),
  )
}
