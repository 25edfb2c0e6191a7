import { Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import { isSigned } from "../oauth1/signed-request.ts"
import { avatarPath } from "../web/avatar.ts"
import { type ApiEnv, requireScopes } from "./auth.ts"
import { apiError, apiJson } from "./reply.ts"

/**
 * `GET /1.0/user`, and `/api/1.0/user` on the site: the profile nested under `user` (hwi/HWIOAuthBundle), as clients of OAuth
 * 1.0a read it. Served while `oauth1` is on. Otherwise a signed call gets 401 (EM-6), and any other call gets the API 1.0 of
 * after 2019: 410 (samkuehn/bitbucket-backup#61) with the body of YahnisElsts/plugin-update-checker#292, both recorded.
 */
export function versionOneUserRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get(
    "/1.0/user",
    async (context, next) => {
      const { method, raw } = context.req
      const authorization = raw.headers.get("Authorization")
      const form = new URLSearchParams()
      if (bitbucket.config.oauth1 === "on" || isSigned({ method, url: raw.url, authorization, form })) {
        await next()
        return undefined
      }
      return apiError(context, 410, {
        message: "Resource removed",
        detail:
          "This API is no longer supported.\n\nFor information about its removal, please refer to the deprecation notice at: https://developer.atlassian.com/cloud/bitbucket/deprecation-notice-v1-apis/",
      })
    },
    requireScopes(bitbucket, ["account"], ["read:user:bitbucket"]),
    (context) => {
      const { person } = context.get("caller")
      if (person === null) return apiError(context, 403, { message: "Forbidden" }) // BB-P7
      const [firstName = "", ...lastNames] = (person.display_name ?? person.nickname).split(" ")
      return apiJson(context, {
        repositories: [],
        user: {
          username: person.username,
          first_name: firstName,
          last_name: lastNames.join(" "),
          display_name: person.display_name ?? person.nickname,
          is_staff: false,
          avatar: `${bitbucket.siteUrl}${avatarPath(person)}`,
          resource_uri: `/1.0/users/${person.username}`,
          is_team: false,
        },
      })
    },
  )
  return routes
}
