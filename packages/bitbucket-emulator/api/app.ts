import { Hono } from "hono"
import { cors } from "hono/cors"
import { type Bitbucket, contractOf } from "../bitbucket.ts"
import { readForm } from "../form.ts"
import type { ApiEnv } from "./auth.ts"
import { contentsRoutes } from "./contents.ts"
import { emailRoutes } from "./emails.ts"
import { removedRoutes } from "./removed.ts"
import { unknownPath } from "./reply.ts"
import { repositoryRoutes } from "./repositories.ts"
import { userRoutes } from "./user.ts"
import { userWorkspaceRoutes } from "./user-workspaces.ts"
import { versionOneUserRoutes } from "./version-1-user.ts"
import { workspaceRoutes } from "./workspaces.ts"

/** The API as one function. `apiUrl` is what its links begin with, `requestUrl` the address as the client sent it. */
export type Api = (request: Request, env: ApiEnv["Bindings"]) => Promise<Response>

export function createApi(bitbucket: Bitbucket, describeDefect: (error: Error) => string): Api {
  const api = apiRoutes(bitbucket)
  api.onError((error, context) => context.text(describeDefect(error), 500))
  return async (request, env) => api.fetch(await withFormToken(bitbucket, request), env)
}

export function apiRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  // Not strict: passport-bitbucket asks for `/2.0/user/`, and Bitbucket answered.
  const api = new Hono<ApiEnv>({ strict: false })
  api.use(cors({ origin: "*" })) // BB-H7
  api.route("/", userRoutes(bitbucket))
  api.route("/", emailRoutes(bitbucket))
  api.route("/", removedRoutes(bitbucket))
  api.route("/", userWorkspaceRoutes(bitbucket))
  api.route("/", workspaceRoutes(bitbucket))
  api.route("/", repositoryRoutes(bitbucket))
  api.route("/", contentsRoutes(bitbucket))
  api.route("/", versionOneUserRoutes(bitbucket))
  api.notFound(unknownPath)
  return api
}

/**
 * BB-C5: until 2026 a token could travel in a form body. No emulated operation takes a POST, so the API answers a POST with
 * only a token in it like the corresponding GET.
 */
async function withFormToken(bitbucket: Bitbucket, request: Request): Promise<Request> {
  if (request.method !== "POST" || !contractOf(bitbucket).bearerLocations.includes("form")) return request
  const token = (await readForm(request)).get("access_token")
  if (token === null) return new Request(request.url, { method: "POST", headers: request.headers })
  // A token that no header can carry was never issued: treat the call as one without a token.
  return new Request(request.url, {
    headers: /^[!-~]+$/.test(token) ? { Authorization: `Bearer ${token}` } : {},
  })
}

/**
 * BB-C6, BB-U12: until 2026 `/api` on the site's host also served the API, and its links then began with `/!api`.
 * Returns the address that the API uses for such a call, or null for any other call.
 */
export function apiAddressOf(bitbucket: Bitbucket, address: string): string | null {
  const url = new URL(address)
  const apiPath = /^\/!?api(\/1\.0\/user|\/2\.0\/.+?)\/?$/.exec(url.pathname)?.[1]
  if (apiPath === undefined) return null
  if (apiPath !== "/1.0/user" && !contractOf(bitbucket).servesApiOnSite) return null
  url.pathname = apiPath
  return url.href
}
