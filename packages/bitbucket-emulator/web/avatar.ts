import { Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import type { Person } from "../state.ts"
import type { Project, Repository, Workspace } from "../workspaces.ts"

/** Where the emulator serves a person's picture. Bitbucket's links to other hosts (BB-U11) do not work offline. */
export function avatarPath(person: Person): string {
  return `/account/avatars/${encodeURIComponent(person.uuid)}/128`
}

export function workspaceAvatarPath(workspace: Workspace): string {
  return `/workspaces/avatars/${encodeURIComponent(workspace.slug)}/128`
}

/** Bitbucket keeps these on another host, bytebucket.org. */
export function repositoryAvatarPath(repository: Repository): string {
  return `/ravatar/${encodeURIComponent(repository.uuid)}`
}

export function projectAvatarPath(workspace: Workspace, project: Project): string {
  return `/${workspace.slug}/workspace/projects/${project.key}/avatar/32`
}

export function avatarRoutes(bitbucket: Bitbucket): Hono {
  const routes = new Hono()
  routes.get("/account/avatars/:uuid/:size{[0-9]+}", (context) => {
    const uuid = context.req.param("uuid")
    const person = [...bitbucket.state.people.values()].find((candidate) => candidate.uuid === uuid)
    if (person === undefined) return context.text("Not Found", 404)
    return svg(initialsSvg(person.uuid, person.display_name ?? person.username))
  })
  routes.get("/workspaces/avatars/:slug/:size{[0-9]+}", (context) => {
    const workspace = bitbucket.state.workspaces.get(context.req.param("slug"))
    if (workspace === undefined) return context.text("Not Found", 404)
    return svg(initialsSvg(workspace.uuid, workspace.name))
  })
  routes.get("/ravatar/:uuid", (context) => {
    const uuid = context.req.param("uuid")
    const repository = [...bitbucket.state.workspaces.values()]
      .flatMap(({ repositories }) => repositories)
      .find((candidate) => candidate.uuid === uuid)
    return repository === undefined ? context.text("Not Found", 404) : svg(initialsSvg(uuid, repository.name))
  })
  routes.get("/:workspace/workspace/projects/:key/avatar/:size{[0-9]+}", (context) => {
    const { projects = [] } = bitbucket.state.workspaces.get(context.req.param("workspace")) ?? {}
    const project = projects.find(({ key }) => key === context.req.param("key"))
    // The letters of the key, which is in the address anyway.
    return project === undefined
      ? context.text("Not Found", 404)
      : svg(initialsSvg(project.uuid, project.key))
  })
  return routes
}

function svg(text: string): Response {
  return new Response(text, {
    headers: {
      "Content-Type": "image/svg+xml; charset=utf-8",
      "Cache-Control": "public, max-age=300",
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    },
  })
}

function initialsSvg(uuid: string, name: string): string {
  const hue = Number.parseInt(uuid.slice(1, 5), 16) % 360
  return `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" viewBox="0 0 128 128"><rect width="128" height="128" fill="hsl(${hue} 45% 34%)"/><text x="64" y="64" dy="0.36em" text-anchor="middle" fill="#fff" font-family="system-ui, sans-serif" font-size="52" font-weight="600">${initials(name)}</text></svg>`
}

/** Letters and digits only, so nothing here needs escaping. */
function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "")
  return words
    .slice(0, 2)
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase()
}
