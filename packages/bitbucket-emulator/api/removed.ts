import { Hono, type MiddlewareHandler } from "hono"
import { type Bitbucket, contractOf } from "../bitbucket.ts"
import { type ApiEnv, requireScopes } from "./auth.ts"
import { paginate } from "./paginate.ts"
import { apiError } from "./reply.ts"
import { listRepositories } from "./repositories.ts"
import { specimenWorkspaces } from "./specimens.ts"
import { ownMembership, repositoryPermissions, workspacesOf } from "./user-workspaces.ts"
import { WORKSPACE_PERMISSIONS, workspaceSearch } from "./workspaces.ts"

/** The listings across workspaces that CHANGE-2770 removed (BB-P11): 410 since April 2026, served before. */
export function removedRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  const gone = answerGone(bitbucket)
  const accountAndWorkspace = ["read:user:bitbucket", "read:workspace:bitbucket"] as const

  routes.get("/2.0/workspaces", gone, requireScopes(bitbucket, ["account"], accountAndWorkspace), (context) =>
    paginate(context, workspacesOf(bitbucket, context), workspaceSearch(bitbucket, context)),
  )
  routes.get(
    "/2.0/user/permissions/workspaces",
    gone,
    requireScopes(bitbucket, ["account"], accountAndWorkspace),
    (context) =>
      paginate(context, workspacesOf(bitbucket, context), {
        noun: "WorkspaceMembership",
        searchedOf: (workspace) => ownMembership(bitbucket, context, workspace),
        specimens: () => specimenWorkspaces.map((workspace) => ownMembership(bitbucket, context, workspace)),
        orders: { permission: WORKSPACE_PERMISSIONS },
      }),
  )
  routes.get(
    "/2.0/user/permissions/repositories",
    gone,
    requireScopes(bitbucket, ["account", "repository"], ["read:repository:bitbucket"]),
    (context) => repositoryPermissions(bitbucket, context, workspacesOf(bitbucket, context)),
  )
  // Assumed for no role: real Bitbucket listed every public repository; the emulator lists those of the caller's workspaces.
  routes.get(
    "/2.0/repositories",
    gone,
    requireScopes(bitbucket, ["repository"], ["read:repository:bitbucket"]),
    (context) => listRepositories(bitbucket, context, workspacesOf(bitbucket, context)),
  )
  return routes
}

/** BB-P11, recorded without credentials: so this comes before authentication. */
function answerGone(bitbucket: Bitbucket): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    if (!contractOf(bitbucket).servesRemovedEndpoints) {
      return apiError(context, 410, {
        message: "CHANGE-2770 - Functionality has been deprecated",
        detail: "Please read the changelog entry for more details.",
        data: { announcement_url: "https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-2770" },
      })
    }
    await next()
    return undefined
  }
}
