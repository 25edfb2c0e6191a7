import { type Context, Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import { repositoryPermissionOf, workspacePermissionOf } from "../workspaces.ts"
import { type ApiEnv, admitPublic, requireScopes, visitorOf } from "./auth.ts"
import { findAccountWithoutWorkspace, findRepository, findWorkspace } from "./find-workspace.ts"
import { emptyPage } from "./paginate.ts"
import { apiError } from "./reply.ts"

/** The resources that a repository links to, and the scopes each requires (official). */
const CONTENTS = {
  repository: ["commits", "forks", "watchers", "refs/branches", "refs/tags", "downloads", "src"],
  pullrequest: ["pullrequests"],
} as const

/**
 * BB-W10: every emulated repository is empty, so its links lead to empty lists, and so do those to the
 * webhooks and the snippets of a workspace.
 */
export function contentsRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  const emptyListOf = (context: Context<ApiEnv>) => {
    const located = findRepository(bitbucket, context)
    return located instanceof Response ? located : emptyPage(context)
  }
  for (const path of CONTENTS.repository) {
    const admit = admitPublic(bitbucket, ["repository"], ["read:repository:bitbucket"])
    routes.get(`/2.0/repositories/:workspace/:repository/${path}`, admit, emptyListOf)
  }
  for (const path of CONTENTS.pullrequest) {
    const admit = admitPublic(bitbucket, ["pullrequest"], ["read:pullrequest:bitbucket"])
    routes.get(`/2.0/repositories/:workspace/:repository/${path}`, admit, emptyListOf)
  }

  const admitToHooks = requireScopes(bitbucket, ["webhook"], ["read:webhook:bitbucket"])
  routes.get("/2.0/repositories/:workspace/:repository/hooks", admitToHooks, (context) => {
    const located = findRepository(bitbucket, context)
    if (located instanceof Response) return located
    const permission = repositoryPermissionOf(located.workspace, located.repository, visitorOf(context))
    return permission === "admin" ? emptyPage(context) : forbid(context)
  })
  routes.get("/2.0/workspaces/:workspace/hooks", admitToHooks, (context) => {
    const account = findAccountWithoutWorkspace(bitbucket, context)
    if (account !== null) {
      return account.uuid === context.get("caller").person?.uuid ? emptyPage(context) : forbid(context)
    }
    const workspace = findWorkspace(bitbucket, context, "may see it")
    if (workspace instanceof Response) return workspace
    const isOwner = workspacePermissionOf(workspace, visitorOf(context)) === "owner"
    return isOwner ? emptyPage(context) : forbid(context)
  })
  routes.get(
    "/2.0/snippets/:workspace",
    admitPublic(bitbucket, ["snippet"], ["read:snippet:bitbucket"]),
    (context) => {
      if (findAccountWithoutWorkspace(bitbucket, context) !== null) return emptyPage(context)
      const workspace = findWorkspace(bitbucket, context, "may see it")
      return workspace instanceof Response ? workspace : emptyPage(context)
    },
  )
  return routes
}

/** Official: only administrators of a workspace or repository see its webhooks. */
function forbid(context: Context<ApiEnv>): Response {
  return apiError(context, 403, { message: "Forbidden" }) // BB-P7
}
