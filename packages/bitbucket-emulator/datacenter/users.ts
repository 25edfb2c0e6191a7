import { type Context, Hono } from "hono"
import { type Identification, identifyCaller } from "../api/caller.ts"
import type { Bitbucket } from "../bitbucket.ts"
import type { SiteEnv } from "../oauth1/credentials.ts"
import type { Person } from "../state.ts"

/** The current user, and the directory of people (BB-D7, BB-D10, BB-D11). */
export function dataCenterUserRoutes(bitbucket: Bitbucket): Hono<SiteEnv> {
  const routes = new Hono<SiteEnv>()

  // Anonymous visitors get a response too: an empty one.
  routes.get("/plugins/servlet/applinks/whoami", (context) => {
    const person = callerOf(bitbucket, context)
    return context.text(person?.username ?? "", 200, callerHeaders(person))
  })

  routes.get("/rest/api/latest/users", (context) => {
    const caller = callerOf(bitbucket, context)
    if (caller === null) return refuse(context, 401, "You are not permitted to access this resource")
    const filter = (context.req.query("filter") ?? "").toLowerCase()
    const found = [...bitbucket.state.people.values()].filter((person) => contains(person, filter))
    const start = count(context.req.query("start"), 0)
    const limit = count(context.req.query("limit"), DEFAULT_LIMIT)
    const shown = found.slice(start, start + limit)
    const end = start + shown.length
    const isLastPage = end >= found.length
    const page = {
      size: shown.length,
      limit,
      isLastPage,
      values: shown.map((person) => userResource(bitbucket, person)),
      start,
      ...(isLastPage ? {} : { nextPageStart: end }),
    }
    return context.json(page, 200, callerHeaders(caller))
  })

  routes.get("/rest/api/latest/users/:slug", (context) => {
    const caller = callerOf(bitbucket, context)
    if (caller === null) return refuse(context, 401, "You are not permitted to access this resource")
    const slug = context.req.param("slug")
    const person = [...bitbucket.state.people.values()].find((one) => slugOf(bitbucket, one) === slug)
    if (person === undefined) return refuse(context, 404, `User ${slug} does not exist.`)
    return context.json(userResource(bitbucket, person), 200, callerHeaders(caller))
  })

  return routes
}

/** Official: a page holds 25 unless the request sets a limit. */
const DEFAULT_LIMIT = 25

function count(text: string | undefined, fallback: number): number {
  return text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : fallback
}

function callerOf(bitbucket: Bitbucket, context: Context<SiteEnv>): Person | null {
  const identification: Identification = identifyCaller(bitbucket, context, context.env.requestUrl)
  return identification.ok ? identification.caller.person : null
}

function callerHeaders(person: Person | null): Record<string, string> {
  if (person === null) return {}
  return { "X-AUSERNAME": encodeURIComponent(person.username), "X-AUSERID": String(idOf(person)) }
}

/** BB-D10: a part of the username, the display name or an address. */
function contains({ username, display_name, emails }: Person, filter: string): boolean {
  const texts = [username, display_name ?? "", ...emails.map(({ email }) => email)]
  return texts.some((text) => text.toLowerCase().includes(filter))
}

/** BB-D11: names that produce the same slug get different ones; the first in the seed gets the shorter. */
function slugOf({ state }: Bitbucket, person: Person): string {
  const slug = slugBaseOf(person)
  const taken = [...state.people.values()].filter((other) => slugBaseOf(other) === slug).indexOf(person)
  return taken === 0 ? slug : `${slug}${taken}`
}

function slugBaseOf({ username }: Person): string {
  return username.toLowerCase().replace(/[^a-z0-9._-]/g, "_")
}

/** Derived from the name, so that fixtures are stable. */
function idOf({ uuid }: Person): number {
  return Number.parseInt(uuid.slice(1, 8), 16)
}

/** Official: the REST reference's user. */
function userResource(bitbucket: Bitbucket, person: Person) {
  const email = person.emails.find(({ is_primary }) => is_primary)?.email
  const slug = slugOf(bitbucket, person)
  return {
    name: person.username,
    ...(email === undefined ? {} : { emailAddress: email }),
    active: person.account_status === "active",
    displayName: person.display_name ?? person.username,
    id: idOf(person),
    slug,
    type: "NORMAL",
    links: {
      self: [{ href: `${bitbucket.siteUrl}${bitbucket.config.context_path}/users/${slug}` }],
    },
  }
}

function refuse(context: Context, status: 401 | 404, message: string): Response {
  return context.json({ errors: [{ context: null, message, exceptionName: null }] }, status)
}
