import { Hono } from "hono"
import { cors } from "hono/cors"
import { emailRoutes } from "./api/emails.ts"
import { unknownPath } from "./api/reply.ts"
import { userRoutes } from "./api/user.ts"
import type { Bitbucket } from "./bitbucket.ts"
import { authorizeRoutes } from "./oauth2/authorize.ts"
import { tokenRoutes } from "./oauth2/token.ts"
import { appAuthorizationRoutes } from "./web/app-authorizations.ts"
import { avatarRoutes } from "./web/avatar.ts"
import { errorPage } from "./web/error-page.ts"
import { homeRoutes } from "./web/home.ts"
import { signInRoutes } from "./web/sign-in.ts"

/** The two hosts of Bitbucket: bitbucket.org and api.bitbucket.org. */
export type Origin = "site" | "api"

/** Bitbucket as two pure functions from request to response: no socket, no fault, no journal. */
export function createEngine(bitbucket: Bitbucket): Record<Origin, (request: Request) => Promise<Response>> {
  const site = createSite(bitbucket)
  const api = createApi(bitbucket)
  return { site: async (request) => site.fetch(request), api: async (request) => api.fetch(request) }
}

function createSite(bitbucket: Bitbucket): Hono {
  // Not strict, because the pages of the real site answer with and without a trailing slash.
  const site = new Hono({ strict: false })
  site.route("/", homeRoutes(bitbucket))
  site.route("/", signInRoutes(bitbucket))
  site.route("/", appAuthorizationRoutes(bitbucket))
  site.route("/", avatarRoutes(bitbucket))
  site.route("/", authorizeRoutes(bitbucket))
  site.route("/", tokenRoutes(bitbucket))
  // BB-C6: the API lives on its own host; `/2.0/…` and `/api/2.0/…` are nothing here.
  site.notFound((context) =>
    context.html(errorPage("Page not found", "There is nothing at this address."), 404),
  )
  site.onError((error, context) => context.text(describeDefect(error), 500))
  return site
}

function createApi(bitbucket: Bitbucket): Hono {
  const api = new Hono()
  api.use(cors({ origin: "*" })) // BB-H7
  api.route("/", userRoutes(bitbucket))
  api.route("/", emailRoutes(bitbucket))
  api.notFound(unknownPath)
  api.onError((error, context) => context.text(describeDefect(error), 500))
  return api
}

/** A defect of the emulator itself says so, lest somebody take it for an emulated outage. */
function describeDefect(error: Error): string {
  return `Defect in bitbucket-emulator: ${error.stack ?? error.message}\n`
}
