import { type Context, Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import { repositoryPermissionOf, type Workspace, workspacePermissionOf } from "../workspaces.ts"
import { callerReference } from "./account-resource.ts"
import { type ApiEnv, requireScopes, visitorOf } from "./auth.ts"
import { findWorkspace } from "./find-workspace.ts"
import { paginate } from "./paginate.ts"
import { type Fields, filterAndSort } from "./query.ts"
import { apiError, apiJson } from "./reply.ts"
import { type Located, repositoryReference, workspaceBase, workspaceReference } from "./workspace-resource.ts"

const workspaceFields: Fields<Workspace> = {
  noun: "Workspace",
  queryable: {},
  sortable: { slug: ({ slug }) => slug },
}

/** `GET /2.0/user/workspaces` and what is below it: the replacements of CHANGE-3022 (BB-W1 to BB-W3, BB-S6). */
export function userWorkspaceRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.get("/2.0/user/workspaces", requireScopes(bitbucket, "account"), (context) => {
    const { apiUrl } = context.env
    const administrator = context.req.query("administrator")
    const mine = workspacesOf(bitbucket, context).filter(
      (workspace) =>
        administrator === undefined || String(isAdministrator(context, workspace)) === administrator,
    )
    const listing = filterAndSort(mine, { q: undefined, sort: context.req.query("sort") }, workspaceFields)
    if (!listing.ok) return apiError(context, 400, { message: listing.message })
    return paginate(context, listing.items, (workspace) => ({
      type: "workspace_access",
      administrator: isAdministrator(context, workspace),
      workspace: workspaceBase(bitbucket, workspace, apiUrl),
    }))
  })

  routes.get("/2.0/user/workspaces/:workspace/permission", requireScopes(bitbucket, "account"), (context) => {
    const workspace = findWorkspace(bitbucket, context, { isMemberOnly: true })
    if (workspace instanceof Response) return workspace
    return apiJson(context, membershipResource(bitbucket, context, workspace))
  })

  routes.get(
    "/2.0/user/workspaces/:workspace/permissions/repositories",
    requireScopes(bitbucket, "account", "repository"),
    (context) => {
      const workspace = findWorkspace(bitbucket, context, { isMemberOnly: true })
      if (workspace instanceof Response) return workspace
      return repositoryPermissions(bitbucket, context, [workspace])
    },
  )

  return routes
}

/** The workspaces that the caller is a member of. One that answers 403 is still listed. */
export function workspacesOf(bitbucket: Bitbucket, context: Context<ApiEnv>): Workspace[] {
  return [...bitbucket.state.workspaces.values()].filter(
    (workspace) => workspacePermissionOf(workspace, visitorOf(context)) !== null,
  )
}

/** BB-W2. */
export function membershipResource(bitbucket: Bitbucket, context: Context<ApiEnv>, workspace: Workspace) {
  const { apiUrl } = context.env
  return {
    type: "workspace_membership",
    permission: workspacePermissionOf(workspace, visitorOf(context)),
    user: callerReference(bitbucket, context.get("caller"), apiUrl),
    workspace: workspaceReference(bitbucket, workspace, apiUrl),
  }
}

type Permitted = Located & { readonly permission: string }

const permissionFields: Fields<Permitted> = {
  noun: "RepositoryPermission",
  queryable: {
    permission: ({ permission }) => permission,
    "repository.name": ({ repository }) => repository.name,
    "repository.slug": ({ repository }) => repository.slug,
  },
  sortable: {
    permission: ({ permission }) => permission,
    "repository.name": ({ repository }) => repository.name,
  },
}

/** BB-W3: effective permissions; a public repository in which the caller has none is not among them. */
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
  const listing = filterAndSort(
    permitted,
    { q: context.req.query("q"), sort: context.req.query("sort") },
    permissionFields,
  )
  if (!listing.ok) return apiError(context, 400, { message: listing.message })
  return paginate(context, listing.items, (entry) => ({
    type: "repository_permission",
    user: callerReference(bitbucket, context.get("caller"), apiUrl),
    repository: repositoryReference(bitbucket, entry, apiUrl),
    permission: entry.permission,
  }))
}

/** Assumed: who owns a workspace administers it, and nobody else does. */
function isAdministrator(context: Context<ApiEnv>, workspace: Workspace): boolean {
  return workspacePermissionOf(workspace, visitorOf(context)) === "owner"
}
