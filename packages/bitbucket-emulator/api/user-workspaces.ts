import { type Context, Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import {
  type RepositoryPermission,
  repositoryPermissionOf,
  type Workspace,
  workspacePermissionOf,
} from "../workspaces.ts"
import { callerReference } from "./account-resource.ts"
import { type ApiEnv, requireScopes, visitorOf } from "./auth.ts"
import { findWorkspace } from "./find-workspace.ts"
import { paginate } from "./paginate.ts"
import type { Searchable } from "./query.ts"
import { apiJson } from "./reply.ts"
import { repositorySearch } from "./repositories.ts"
import { specimenWorkspaces } from "./specimens.ts"
import { type Located, membershipResource, repositoryReference, workspaceBase } from "./workspace-resource.ts"

/** `GET /2.0/user/workspaces` and the paths below it: the replacements of CHANGE-3022 (BB-W1 to BB-W3, BB-S6). */
export function userWorkspaceRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  const admit = requireScopes(bitbucket, ["account"], ["read:workspace:bitbucket"])

  routes.get("/2.0/user/workspaces", admit, (context) => {
    const administrator = context.req.query("administrator")
    const mine = workspacesOf(bitbucket, context).filter(
      (workspace) =>
        administrator === undefined || String(isAdministrator(context, workspace)) === administrator,
    )
    const accessTo = (workspace: Workspace) => ({
      type: "workspace_access",
      administrator: isAdministrator(context, workspace),
      workspace: workspaceBase(bitbucket, workspace, context.env.apiUrl),
    })
    // Official: `sort=slug`, although the slug is one level down.
    const searchedOf = (workspace: Workspace) => {
      const access = accessTo(workspace)
      return { ...access.workspace, ...access }
    }
    const specimens = () => specimenWorkspaces.map(searchedOf)
    return paginate(context, mine, { noun: "Workspace", searchedOf, specimens }, accessTo)
  })

  routes.get("/2.0/user/workspaces/:workspace/permission", admit, (context) => {
    const workspace = findWorkspace(bitbucket, context, "member")
    if (workspace instanceof Response) return workspace
    return apiJson(context, ownMembership(bitbucket, context, workspace))
  })

  routes.get(
    "/2.0/user/workspaces/:workspace/permissions/repositories",
    requireScopes(bitbucket, ["account", "repository"], ["read:repository:bitbucket"]),
    (context) => {
      const workspace = findWorkspace(bitbucket, context, "member")
      if (workspace instanceof Response) return workspace
      return repositoryPermissions(bitbucket, context, [workspace])
    },
  )

  return routes
}

/** The caller's workspaces, including those that answer 403. */
export function workspacesOf(bitbucket: Bitbucket, context: Context<ApiEnv>): Workspace[] {
  return [...bitbucket.state.workspaces.values()].filter(
    (workspace) => workspacePermissionOf(workspace, visitorOf(context)) !== null,
  )
}

/** BB-W2. */
export function ownMembership(bitbucket: Bitbucket, context: Context<ApiEnv>, workspace: Workspace) {
  const { apiUrl } = context.env
  const user = callerReference(bitbucket, context.get("caller"), apiUrl)
  const permission = workspacePermissionOf(workspace, visitorOf(context)) ?? "member"
  return user && membershipResource(bitbucket, { user, permission, workspace }, apiUrl)
}

interface Permitted extends Located {
  readonly permission: RepositoryPermission
}

/** BB-W3: effective permissions; public repositories without a permission for the caller are left out. */
export function repositoryPermissions(
  bitbucket: Bitbucket,
  context: Context<ApiEnv>,
  workspaces: readonly Workspace[],
): Response {
  const { apiUrl } = context.env
  const permitted = workspaces.flatMap((workspace) =>
    workspace.repositories.flatMap((repository): Permitted[] => {
      const permission = repositoryPermissionOf(workspace, repository, visitorOf(context))
      return permission === null ? [] : [{ workspace, repository, permission }]
    }),
  )
  const user = callerReference(bitbucket, context.get("caller"), apiUrl)
  const permissionFor = <Repository>(repository: Repository, permission: RepositoryPermission) => ({
    type: "repository_permission",
    user,
    repository,
    permission,
  })
  // The response mentions a repository in short, but a query may use any field of the full one.
  const repositories = repositorySearch(bitbucket, context)
  const searchable: Searchable<Permitted> = {
    noun: "RepositoryPermission",
    searchedOf: (entry) => permissionFor(repositories.searchedOf(entry), entry.permission),
    specimens: () => repositories.specimens().map((repository) => permissionFor(repository, "read")),
    orders: { permission: ["read", "write", "admin"] },
  }
  return paginate(context, permitted, searchable, (entry) =>
    permissionFor(repositoryReference(bitbucket, entry, apiUrl), entry.permission),
  )
}

/** Assumed: only the owner of a workspace administers it. */
function isAdministrator(context: Context<ApiEnv>, workspace: Workspace): boolean {
  return workspacePermissionOf(workspace, visitorOf(context)) === "owner"
}
