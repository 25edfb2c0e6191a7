import { Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import { oauth1AuthenticateRoutes } from "../oauth1/authenticate.ts"
import { oauth1CredentialRoutes, type SiteEnv } from "../oauth1/credentials.ts"
import { authorizeRoutes } from "../oauth2/authorize.ts"
import { tokenRoutes } from "../oauth2/token.ts"
import { avatarRoutes } from "../web/avatar.ts"
import { errorPage } from "../web/error-page.ts"
import { homeRoutes } from "../web/home.ts"
import { signInRoutes } from "../web/sign-in.ts"
import { dataCenterUserRoutes } from "./users.ts"

const OAUTH1 = {
  requestToken: "/plugins/servlet/oauth/request-token",
  accessToken: "/plugins/servlet/oauth/access-token",
}

/** Bitbucket Data Center as a function from request to response; sign-in is the emulator's own, as on Cloud. */
export function createDataCenter(
  bitbucket: Bitbucket,
  describeDefect: (error: Error) => string,
): (request: Request, requestUrl: string) => Promise<Response> {
  const site = dataCenterRoutes(bitbucket)
  site.notFound((context) =>
    context.html(errorPage("Page not found", "There is nothing at this address."), 404),
  )
  site.onError((error, context) => context.text(describeDefect(error), 500))
  return async (request, requestUrl) =>
    site.fetch(await withoutContextPath(bitbucket, request), { requestUrl })
}

export function dataCenterRoutes(bitbucket: Bitbucket): Hono<SiteEnv> {
  const site = new Hono<SiteEnv>({ strict: false })
  site.route("/", homeRoutes(bitbucket))
  site.route("/", signInRoutes(bitbucket))
  site.route("/", avatarRoutes(bitbucket))
  site.route("/", authorizeRoutes(bitbucket, "/rest/oauth2/latest/authorize"))
  site.route("/", tokenRoutes(bitbucket, "/rest/oauth2/latest/token"))
  site.route("/", oauth1CredentialRoutes(bitbucket, OAUTH1))
  site.route("/", oauth1AuthenticateRoutes(bitbucket, "/plugins/servlet/oauth/authorize"))
  site.route("/", dataCenterUserRoutes(bitbucket))
  return site
}

/** BB-D1: routes know no context path. Pages link to addresses without it, which work too. */
async function withoutContextPath({ config }: Bitbucket, request: Request): Promise<Request> {
  const url = new URL(request.url)
  const prefix = config.context_path
  if (prefix === "" || !url.pathname.startsWith(`${prefix}/`)) return request
  url.pathname = url.pathname.slice(prefix.length)
  const { method, headers } = request
  return new Request(url, { method, headers, body: method === "POST" ? await request.text() : null })
}
