import { Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import { callerResource } from "./account-resource.ts"
import { type ApiEnv, requireScopes } from "./auth.ts"
import { apiJson } from "./reply.ts"

/** `GET /2.0/user` (BB-S4): the account behind the token. */
export function userRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get("/2.0/user", requireScopes(bitbucket, "account"), (context) => {
    return apiJson(context, callerResource(bitbucket, context.get("caller"), context.env.apiUrl))
  })
  return routes
}
