import { type Context, Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import { repositoryPermissionOf, type Visitor, type Workspace, workspacePermissionOf } from "../workspaces.ts"
import { type ApiEnv, admitPublic, visitorOf } from "./auth.ts"
import {
  findAccountWithoutWorkspace,
  findRepository,
  findWorkspace,
  maySeeRepository,
} from "./find-workspace.ts"
import { emptyPage, paginate } from "./paginate.ts"
import type { Searchable } from "./query.ts"
import { apiError, apiJson } from "./reply.ts"
import { specimenRepositories } from "./specimens.ts"
import { type Located, repositoryReference, repositoryResource } from "./workspace-resource.ts"

/** `GET /2.0/repositories/{ws}` and `/2.0/repositories/{ws}/{slug}` (BB-W4, BB-W6, BB-W11, BB-S6). */
export function repositoryRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  const admit = admitPublic(bitbucket, ["repository"], ["read:repository:bitbucket"])

  routes.get("/2.0/repositories/:workspace", admit, (context) => {
    if (findAccountWithoutWorkspace(bitbucket, context) !== null) return emptyPage(context)
    const workspace = findWorkspace(bitbucket, context, "any")
    return workspace instanceof Response ? workspace : listRepositories(bitbucket, context, [workspace])
  })

  routes.get("/2.0/repositories/:workspace/:repository", admit, (context) => {
    const located = findRepository(bitbucket, context)
    return located instanceof Response ? located : apiJson(context, describe(bitbucket, context)(located))
  })

  return routes
}

/** The repositories that the caller may read in these workspaces, by role, filtered, sorted and paged. */
export function listRepositories(
  bitbucket: Bitbucket,
  context: Context<ApiEnv>,
  workspaces: readonly Workspace[],
): Response {
  const visitor = visitorOf(context)
  const role = context.req.query("role")
  const hasRole = role === undefined ? maySeeRepository : (ownRole(role) ?? null)
  if (hasRole === null) return apiError(context, 400, { message: `Invalid role: ${role}` })
  const found = workspaces
    .flatMap((workspace) => workspace.repositories.map((repository) => ({ workspace, repository })))
    .filter((located) => hasRole(located, visitor))
  return paginate(context, found, repositorySearch(bitbucket, context))
}

function describe(bitbucket: Bitbucket, context: Context<ApiEnv>) {
  const username = context.get("caller").person?.username ?? null
  return (located: Located) => repositoryResource(bitbucket, located, context.env.apiUrl, username)
}

export function repositorySearch(bitbucket: Bitbucket, context: Context<ApiEnv>): Searchable<Located> {
  const searchedOf = describe(bitbucket, context)
  return {
    noun: "Repository",
    searchedOf,
    specimens: () =>
      specimenRepositories.map((located) => ({
        ...searchedOf(located),
        parent: repositoryReference(bitbucket, located, context.env.apiUrl),
      })),
  }
}

/** The values of `role` (official); each includes those above it. Assumed: any other value is refused. */
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
