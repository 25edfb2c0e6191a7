import { Hono } from "hono"
import { type Api, apiAddressOf, apiRoutes, createApi } from "./api/app.ts"
import { type Bitbucket, contractOf } from "./bitbucket.ts"
import { createDataCenter, dataCenterRoutes } from "./datacenter/site.ts"
import { oauth1AuthenticateRoutes } from "./oauth1/authenticate.ts"
import { oauth1CredentialRoutes, type SiteEnv } from "./oauth1/credentials.ts"
import { authorizeRoutes } from "./oauth2/authorize.ts"
import { tokenRoutes } from "./oauth2/token.ts"
import { appAuthorizationRoutes } from "./web/app-authorizations.ts"
import { avatarRoutes } from "./web/avatar.ts"
import { errorPage } from "./web/error-page.ts"
import { homeRoutes } from "./web/home.ts"
import { overviewRoutes } from "./web/overview.ts"
import { signInRoutes } from "./web/sign-in.ts"

/** The two hosts of Bitbucket: bitbucket.org and api.bitbucket.org. */
export type Origin = "site" | "api"

/** One origin of Bitbucket. `requestUrl` is the address as the client sent it, which a signature covers. */
export type Answer = (request: Request, requestUrl: string) => Promise<Response>

/** Bitbucket as two pure functions from request to response: no socket, no fault, no journal. */
export function createEngine(bitbucket: Bitbucket): Record<Origin, Answer> {
  const api = createApi(bitbucket, describeDefect)
  const cloud = createSite(bitbucket, api)
  const dataCenter = createDataCenter(bitbucket, describeDefect)
  return {
    site: async (request, requestUrl) => {
      if (contractOf(bitbucket).dataCenter) return dataCenter(request, requestUrl)
      return cloud.fetch(request, { requestUrl })
    },
    api: async (request, requestUrl) => {
      if (contractOf(bitbucket).dataCenter) return noSecondHost()
      return api(request, { apiUrl: bitbucket.apiUrl, requestUrl })
    },
  }
}

/** Every route, as `METHOD origin path`, for the ledger to account for. */
export function listRoutes(bitbucket: Bitbucket): string[] {
  const origins = [
    ["site", siteRoutes(bitbucket).routes],
    ["site", dataCenterRoutes(bitbucket).routes],
    ["api", apiRoutes(bitbucket).routes],
  ] as const
  const lines = origins.flatMap(([origin, routes]) =>
    routes.map(({ method, path }) => `${method} ${origin} ${path}`),
  )
  return [...new Set(lines)].filter((line) => !line.startsWith("ALL "))
}

function createSite(bitbucket: Bitbucket, api: Api): Hono<SiteEnv> {
  const site = siteRoutes(bitbucket)
  site.notFound(async (context) => {
    const { url, method, raw } = context.req
    const address = apiAddressOf(bitbucket, url)
    if (address !== null) {
      const body = method === "GET" || method === "HEAD" ? null : await raw.text()
      const request = new Request(address, { method, headers: raw.headers, body })
      return api(request, { apiUrl: `${bitbucket.siteUrl}/!api`, requestUrl: context.env.requestUrl })
    }
    // BB-C6: since 2026 only the API's own host serves the API; `/2.0/…` never existed here.
    return context.html(errorPage("Page not found", "There is nothing at this address."), 404)
  })
  site.onError((error, context) => context.text(describeDefect(error), 500))
  return site
}

function siteRoutes(bitbucket: Bitbucket): Hono<SiteEnv> {
  // Not strict, because the pages of the real site work with and without a trailing slash.
  const site = new Hono<SiteEnv>({ strict: false })
  site.route("/", homeRoutes(bitbucket))
  site.route("/", signInRoutes(bitbucket))
  site.route("/", appAuthorizationRoutes(bitbucket))
  site.route("/", avatarRoutes(bitbucket))
  site.route("/", authorizeRoutes(bitbucket))
  site.route("/", tokenRoutes(bitbucket))
  site.route("/", oauth1CredentialRoutes(bitbucket))
  site.route("/", oauth1AuthenticateRoutes(bitbucket))
  site.route("/", overviewRoutes(bitbucket))
  return site
}

/** EM-9: a Data Center has one address; its API is below it. */
function noSecondHost(): Response {
  return new Response("A Bitbucket Data Center has no second host for its API.\n", { status: 404 })
}

/** A defect of the emulator identifies itself, so that it does not look like an emulated outage. */
function describeDefect(error: Error): string {
  return `Defect in bitbucket-emulator: ${error.stack ?? error.message}\n`
}
