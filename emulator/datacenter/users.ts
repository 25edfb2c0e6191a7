import { type Context, Hono } from "hono"
import { type Identification, identifyCaller } from "../api/caller.ts"
import type { Bitbucket } from "../bitbucket.ts"
import type { SiteEnv } from "../oauth1/credentials.ts"
import type { Person } from "../state.ts"

/** Who calls, and what there is to know of people (BB-D7). */
export function dataCenterUserRoutes(bitbucket: Bitbucket): Hono<SiteEnv> {
  const routes = new Hono<SiteEnv>()

  // Anonymous visitors get an answer too: an empty one.
  routes.get("/plugins/servlet/applinks/whoami", (context) => {
    const person = callerOf(bitbucket, context)
    return context.text(person?.username ?? "", 200, nameHeader(person))
  })

  routes.get("/rest/api/latest/users/:slug", (context) => {
    const caller = callerOf(bitbucket, context)
    if (caller === null) return refuse(context, 401, "You are not permitted to access this resource")
    const slug = context.req.param("slug")
    const person = [...bitbucket.state.people.values()].find((one) => slugOf(one) === slug)
    if (person === undefined) return refuse(context, 404, `User ${slug} does not exist.`)
    return context.json(userResource(bitbucket, person), 200, nameHeader(caller))
  })

  return routes
}

function callerOf(bitbucket: Bitbucket, context: Context<SiteEnv>): Person | null {
  const identification: Identification = identifyCaller(bitbucket, context, context.env.requestUrl)
  return identification.ok ? identification.caller.person : null
}

function nameHeader(person: Person | null): Record<string, string> {
  return person === null ? {} : { "X-AUSERNAME": encodeURIComponent(person.username) }
}

/** Assumed: names here have no characters that a slug would lose but capitals. */
function slugOf({ username }: Person): string {
  return username.toLowerCase()
}

/** Official: the REST reference's user. `id` is derived, so that fixtures are stable. */
function userResource(bitbucket: Bitbucket, person: Person) {
  const email = person.emails.find(({ is_primary }) => is_primary)?.email
  return {
    name: person.username,
    ...(email === undefined ? {} : { emailAddress: email }),
    active: person.account_status === "active",
    displayName: person.display_name ?? person.username,
    id: Number.parseInt(person.uuid.slice(1, 8), 16),
    slug: slugOf(person),
    type: "NORMAL",
    links: {
      self: [{ href: `${bitbucket.siteUrl}${bitbucket.config.context_path}/users/${slugOf(person)}` }],
    },
  }
}

function refuse(context: Context, status: 401 | 404, message: string): Response {
  return context.json({ errors: [{ context: null, message, exceptionName: null }] }, status)
}
