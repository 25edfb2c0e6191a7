import { Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import type { Person } from "../state.ts"
import { type ApiEnv, requireScope } from "./auth.ts"
import { apiError, apiJson } from "./reply.ts"

/** `GET /2.0/user/emails` and `/2.0/user/emails/{email}` (BB-S5, BB-M1 to BB-M4). */
export function emailRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get("/2.0/user/emails", requireScope(bitbucket, "email"), (context) => {
    const { emails } = context.get("person")
    const values = emails.map((entry) => emailResource(bitbucket, entry))
    return apiJson(context, { values, pagelen: 10, size: values.length, page: 1 })
  })
  routes.get("/2.0/user/emails/:email", requireScope(bitbucket, "email"), (context) => {
    const wanted = context.req.param("email")
    const entry = context.get("person").emails.find(({ email }) => email === wanted)
    if (entry === undefined) return apiError(context, 404, { message: wanted }) // BB-P9: once just an id
    return apiJson(context, emailResource(bitbucket, entry))
  })
  return routes
}

function emailResource({ apiUrl }: Bitbucket, entry: Person["emails"][number]): Record<string, unknown> {
  return {
    type: "email",
    links: { self: { href: `${apiUrl}/2.0/user/emails/${entry.email}` } },
    email: entry.email,
    is_primary: entry.is_primary,
    is_confirmed: entry.is_confirmed,
  }
}
