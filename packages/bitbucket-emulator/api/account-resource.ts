import { type Bitbucket, contractOf } from "../bitbucket.ts"
import { stableAccountId, stableUuid } from "../identifiers.ts"
import type { OAuthClient, Person } from "../state.ts"
import { avatarPath } from "../web/avatar.ts"
import type { Caller } from "./caller.ts"

/** BB-U9: microseconds and a numeric offset. */
export function bitbucketTimestamp(iso: string): string {
  return new Date(iso).toISOString().replace("Z", "000+00:00")
}

/** Whoever is behind a call, in full. */
export function callerResource(bitbucket: Bitbucket, { person, client }: Caller, apiUrl: string) {
  if (person === null) return appUserResource(client, apiUrl)
  return contractOf(bitbucket).userFields === "2018"
    ? olderUserResource(bitbucket, person, apiUrl)
    : userResource(bitbucket, person, apiUrl)
}

/** Whoever is behind a call, as other resources mention them: without `username` (BB-U3). */
export function callerReference(bitbucket: Bitbucket, { person, client }: Caller, apiUrl: string) {
  if (person === null) {
    const { display_name, links, type, uuid, account_id } = appUserResource(client, apiUrl)
    return { display_name, links, type, uuid, account_id }
  }
  return personReference(bitbucket, person, apiUrl)
}

export function personReference(bitbucket: Bitbucket, person: Person, apiUrl: string) {
  const { display_name, links, type, uuid, account_id, nickname } = userResource(bitbucket, person, apiUrl)
  const { self, avatar, html } = links
  return { display_name, links: { self, avatar, html }, type, uuid, account_id, nickname }
}

/** The account resource in the key order of the newest recording (BB-U13). */
function userResource({ siteUrl }: Bitbucket, person: Person, apiUrl: string) {
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

/** BB-U8 and the recordings of about 2018: `website`, and links to followers. The order of keys carries no meaning. */
function olderUserResource(bitbucket: Bitbucket, person: Person, apiUrl: string) {
  const { links, ...rest } = userResource(bitbucket, person, apiUrl)
  const { self } = links
  return {
    website: "",
    ...rest,
    links: {
      ...links,
      followers: { href: `${self.href}/followers` },
      following: { href: `${self.href}/following` },
    },
  }
}

/** BB-C8, BB-U10: `app_user` and `kind` are in the schema; nobody has seen a body, so this one is assumed. */
function appUserResource(client: OAuthClient, apiUrl: string) {
  const uuid = stableUuid(`app_user:${client.key}`)
  return {
    display_name: client.name,
    links: { self: { href: `${apiUrl}/2.0/users/${encodeURIComponent(uuid)}` } },
    created_on: bitbucketTimestamp("2020-01-01T00:00:00Z"),
    type: "app_user",
    uuid,
    account_id: stableAccountId(`app_user:${client.key}`),
    account_status: "active",
    kind: "oauth_client",
  }
}
