import { type Context, Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import { repositoryPermissionOf, type Visitor, type Workspace, workspacePermissionOf } from "../workspaces.ts"
import { type ApiEnv, requireScopes, visitorOf } from "./auth.ts"
import { findWorkspace, noWorkspace } from "./find-workspace.ts"
import { paginate } from "./paginate.ts"
import { type Fields, filterAndSort } from "./query.ts"
import { apiError, apiJson } from "./reply.ts"
import { type Located, repositoryResource, workspaceResource } from "./workspace-resource.ts"

const repositoryFields: Fields<Located> = {
  noun: "Repository",
  queryable: {
    name: ({ repository }) => repository.name,
    slug: ({ repository }) => repository.slug,
    is_private: ({ repository }) => repository.is_private,
  },
  sortable: {
    name: ({ repository }) => repository.name,
    slug: ({ repository }) => repository.slug,
    full_name: ({ workspace, repository }) => `${workspace.slug}/${repository.slug}`,
    created_on: ({ repository }) => repository.created_on,
    updated_on: ({ repository }) => repository.created_on,
  },
}

/** `GET /2.0/workspaces/{ws}`, `/2.0/repositories/{ws}` and `/2.0/repositories/{ws}/{slug}` (BB-W4, BB-S6). */
export function repositoryRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  // BB-S6: any token will do.
  routes.get("/2.0/workspaces/:workspace", requireScopes(bitbucket), (context) => {
    const workspace = findWorkspace(bitbucket, context, { isMemberOnly: false })
    if (workspace instanceof Response) return workspace
    if (workspace.is_private && workspacePermissionOf(workspace, visitorOf(context)) === null) {
      return noWorkspace(context)
    }
    return apiJson(context, workspaceResource(bitbucket, workspace, context.env.apiUrl))
  })

  routes.get("/2.0/repositories/:workspace", requireScopes(bitbucket, "repository"), (context) => {
    const workspace = findWorkspace(bitbucket, context, { isMemberOnly: false })
    return workspace instanceof Response ? workspace : listRepositories(bitbucket, context, [workspace])
  })

  routes.get(
    "/2.0/repositories/:workspace/:repository",
    requireScopes(bitbucket, "repository"),
    (context) => {
      const workspace = findWorkspace(bitbucket, context, { isMemberOnly: false })
      if (workspace instanceof Response) return workspace
      const wanted = context.req.param("repository")
      const repository = workspace.repositories.find(({ slug, uuid }) => slug === wanted || uuid === wanted)
      if (!repository || !isVisible({ workspace, repository }, visitorOf(context))) {
        // BB-P9; as it was asked for, because whoever knows the UUID need not know the slug.
        const fullName = `${context.req.param("workspace")}/${wanted}`
        return apiError(context, 404, { message: `Repository ${fullName} not found` })
      }
      return apiJson(context, repositoryResource(bitbucket, { workspace, repository }, context.env.apiUrl))
    },
  )

  return routes
}

/** What the caller may read in these workspaces, by role, filtered, sorted and in pages. */
export function listRepositories(
  bitbucket: Bitbucket,
  context: Context<ApiEnv>,
  workspaces: readonly Workspace[],
): Response {
  const visitor = visitorOf(context)
  const role = context.req.query("role")
  const hasRole = role === undefined ? isVisible : (ownRole(role) ?? null)
  if (hasRole === null) return apiError(context, 400, { message: `Invalid role: ${role}` })
  const found = workspaces
    .flatMap((workspace) => workspace.repositories.map((repository) => ({ workspace, repository })))
    .filter((located) => hasRole(located, visitor))
  const listing = filterAndSort(
    found,
    { q: context.req.query("q"), sort: context.req.query("sort") },
    repositoryFields,
  )
  if (!listing.ok) return apiError(context, 400, { message: listing.message })
  return paginate(context, listing.items, (located) =>
    repositoryResource(bitbucket, located, context.env.apiUrl),
  )
}

/** A stranger sees what is public. */
function isVisible({ workspace, repository }: Located, visitor: Visitor): boolean {
  return !repository.is_private || repositoryPermissionOf(workspace, repository, visitor) !== null
}

/** The values of `role` (official); each includes those above it. That another is refused is assumed. */
function ownRole(role: string): ((located: Located, visitor: Visitor) => boolean) | undefined {
  const permissionsWith: Record<string, readonly (string | null)[]> = {
    member: ["read", "write", "admin"],
    contributor: ["write", "admin"],
    admin: ["admin"],
  }
  if (role === "owner") {
    return ({ workspace }, visitor) => workspacePermissionOf(workspace, visitor) === "owner"
  }
  const permissions = Object.hasOwn(permissionsWith, role) ? permissionsWith[role] : undefined
  return (
    permissions &&
    (({ workspace, repository }, visitor) =>
      permissions.includes(repositoryPermissionOf(workspace, repository, visitor)))
  )
}
