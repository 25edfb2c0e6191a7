import { type Context, Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import type { Person } from "../state.ts"
import { type ApiEnv, requireScopes } from "./auth.ts"
import { paginate } from "./paginate.ts"
import { apiError, apiJson } from "./reply.ts"
import { specimenPeople } from "./specimens.ts"

type Email = Person["emails"][number]

/** `GET /2.0/user/emails` and `/2.0/user/emails/{email}` (BB-S5, BB-M1 to BB-M4). */
export function emailRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get("/2.0/user/emails", requireScopes(bitbucket, ["email"], ["read:user:bitbucket"]), (context) => {
    const searchedOf = (entry: Email) => emailResource(context.env.apiUrl, entry)
    const specimens = () => specimenPeople.flatMap(({ emails }) => emails.map(searchedOf))
    return paginate(context, emailsOf(context), { noun: "Email", searchedOf, specimens })
  })
  routes.get(
    "/2.0/user/emails/:email",
    requireScopes(bitbucket, ["email"], ["read:user:bitbucket"]),
    (context) => {
      const wanted = context.req.param("email")
      const entry = emailsOf(context).find(({ email }) => email === wanted)
      if (entry === undefined) return apiError(context, 404, { message: wanted }) // BB-P9: recorded once, with just an id
      return apiJson(context, emailResource(context.env.apiUrl, entry))
    },
  )
  return routes
}

/** Assumed: a client that acts for itself has none. */
function emailsOf(context: Context<ApiEnv>): readonly Email[] {
  return context.get("caller").person?.emails ?? []
}

function emailResource(apiUrl: string, entry: Email): Record<string, unknown> {
  return {
    type: "email",
    links: { self: { href: `${apiUrl}/2.0/user/emails/${entry.email}` } },
    email: entry.email,
    is_primary: entry.is_primary,
    is_confirmed: entry.is_confirmed,
  }
}
