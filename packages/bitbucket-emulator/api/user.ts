import { Hono } from "hono"
import { type Bitbucket, contractOf } from "../bitbucket.ts"
import { accountResource, callerResource } from "./account-resource.ts"
import { type ApiEnv, admitPublic, requireScopes } from "./auth.ts"
import { identifyCaller } from "./caller.ts"
import { emptyPage } from "./paginate.ts"
import { apiError, apiJson, unknownPath } from "./reply.ts"

/** `GET /2.0/user` (BB-S4): the account behind the token. `/2.0/users/{uuid}` (BB-U14): any account. */
export function userRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get("/2.0/user", requireScopes(bitbucket, ["account"], ["read:user:bitbucket"]), (context) => {
    return apiJson(context, callerResource(bitbucket, context.get("caller"), context.env.apiUrl))
  })

  // BB-P14: the address without the version is forbidden with valid credentials; assumed: unknown to other callers.
  routes.get("/user", (context) => {
    const { ok } = identifyCaller(bitbucket, context, context.env.requestUrl)
    return ok ? apiError(context, 403, { message: "Forbidden" }) : unknownPath(context)
  })

  const admit = admitPublic(bitbucket, [], ["read:user:bitbucket"])
  routes.get("/2.0/users/:user", admit, (context) => {
    const wanted = context.req.param("user")
    const account = accountResource(bitbucket, wanted, context.get("caller"), context.env.apiUrl)
    return account === null ? apiError(context, 404, { message: wanted }) : apiJson(context, account) // BB-P9
  })
  // BB-U8: linked until 2019, and removed with the links. Emulated accounts have no followers.
  for (const list of ["followers", "following"]) {
    routes.get(`/2.0/users/:user/${list}`, admit, (context) =>
      contractOf(bitbucket).userFields === "2018" ? emptyPage(context) : unknownPath(context),
    )
  }
  return routes
}
