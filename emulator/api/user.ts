import { Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import type { Person } from "../state.ts"
import { avatarPath } from "../web/avatar.ts"
import { type ApiEnv, requireScope } from "./auth.ts"
import { apiJson } from "./reply.ts"

/** `GET /2.0/user` (BB-S4): the account behind the token. */
export function userRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.get("/2.0/user", requireScope(bitbucket, "account"), (context) => {
    return apiJson(context, userResource(bitbucket, context.get("person")))
  })
  return routes
}

/** The account resource in the key order of the newest recording (ledger §6). */
function userResource(bitbucket: Bitbucket, person: Person): Record<string, unknown> {
  const { siteUrl, apiUrl } = bitbucket
  const uuid = encodeURIComponent(person.uuid) // BB-U1
  return {
    display_name: person.display_name ?? undefined,
    links: {
      self: { href: `${apiUrl}/2.0/users/${uuid}` },
      avatar: person.avatar === "none" ? undefined : { href: `${siteUrl}${avatarPath(person)}` },
      repositories: { href: `${apiUrl}/2.0/repositories/${uuid}` },
      snippets: { href: `${apiUrl}/2.0/snippets/${uuid}` },
      html: { href: `${siteUrl}/${uuid}/` },
      hooks: { href: `${apiUrl}/2.0/workspaces/${uuid}/hooks` },
    },
    created_on: bitbucketTimestamp(person.created_on),
    type: "user",
    uuid: person.uuid,
    has_2fa_enabled: null, // BB-U6
    username: person.username, // BB-U3
    is_staff: false,
    account_id: person.account_id ?? undefined, // BB-U2
    nickname: person.nickname,
    account_status: person.account_status,
    location: person.location,
  }
}

/** BB-U9: microseconds and a numeric offset. */
function bitbucketTimestamp(iso: string): string {
  return new Date(iso).toISOString().replace("Z", "000+00:00")
}
