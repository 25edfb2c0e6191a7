import { Hono, type MiddlewareHandler } from "hono"
import { type Bitbucket, contractOf } from "../bitbucket.ts"
import { type ApiEnv, requireScopes } from "./auth.ts"
import { paginate } from "./paginate.ts"
import { apiError } from "./reply.ts"
import { listRepositories } from "./repositories.ts"
import { membershipResource, repositoryPermissions, workspacesOf } from "./user-workspaces.ts"
import { workspaceResource } from "./workspace-resource.ts"

/** The listings across workspaces that CHANGE-2770 took away (BB-P11): 410 since April 2026, served before. */
export function removedRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  const gone = answerGone(bitbucket)

  routes.get("/2.0/workspaces", gone, requireScopes(bitbucket, "account"), (context) =>
    paginate(context, workspacesOf(bitbucket, context), (workspace) =>
      workspaceResource(bitbucket, workspace, context.env.apiUrl),
    ),
  )
  routes.get("/2.0/user/permissions/workspaces", gone, requireScopes(bitbucket, "account"), (context) =>
    paginate(context, workspacesOf(bitbucket, context), (workspace) =>
      membershipResource(bitbucket, context, workspace),
    ),
  )
  routes.get(
    "/2.0/user/permissions/repositories",
    gone,
    requireScopes(bitbucket, "account", "repository"),
    (context) => repositoryPermissions(bitbucket, context, workspacesOf(bitbucket, context)),
  )
  // Assumed for no role: real Bitbucket listed every public repository there is; here, those of the caller's workspaces.
  routes.get("/2.0/repositories", gone, requireScopes(bitbucket, "repository"), (context) =>
    listRepositories(bitbucket, context, workspacesOf(bitbucket, context)),
  )
  return routes
}

/** BB-P11, recorded without credentials: so it comes before any question of who calls. */
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
