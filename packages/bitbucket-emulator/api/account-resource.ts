import { type Bitbucket, contractOf } from "../bitbucket.ts"
import type { Person } from "../state.ts"
import { avatarPath } from "../web/avatar.ts"
import { type App, appOfClient, appOfToken, type Caller } from "./caller.ts"

/** Where links to the pages and pictures of the site begin. */
export type Site = Pick<Bitbucket, "siteUrl">

/** BB-U9: microseconds and a numeric offset. */
export function bitbucketTimestamp(iso: string): string {
  return new Date(iso).toISOString().replace("Z", "000+00:00")
}

/** The caller, in full. */
export function callerResource(bitbucket: Bitbucket, { person, app }: Caller, apiUrl: string) {
  if (person !== null) return ownUserResource(bitbucket, person, apiUrl)
  return app && appResource(app, apiUrl)
}

/** The caller as other resources mention them: without `username` (BB-U3). */
export function callerReference(site: Site, { person, app }: Caller, apiUrl: string) {
  if (person !== null) return personReference(site, person, apiUrl)
  if (app === null) return null
  const { display_name, links, type, uuid, account_id } = appResource(app, apiUrl)
  return { display_name, links, type, uuid, account_id }
}

export function personReference(site: Site, person: Person, apiUrl: string) {
  const { display_name, links, type, uuid, account_id, nickname } = userResource(site, person, apiUrl)
  const { self, avatar, html } = links
  return { display_name, links: { self, avatar, html }, type, uuid, account_id, nickname }
}

/** The public data of the account with this UUID or account id (BB-U14); null if there is none. */
export function accountResource(bitbucket: Bitbucket, wanted: string, caller: Caller, apiUrl: string) {
  const { people, clients, resourceTokens } = bitbucket.state
  const person = [...people.values()].find(
    ({ uuid, account_id }) => uuid === wanted || (account_id !== null && account_id === wanted),
  )
  if (person?.username === caller.person?.username && person !== undefined) {
    return ownUserResource(bitbucket, person, apiUrl)
  }
  if (person !== undefined) {
    // BB-U3; assumed: 2FA and staff status are hidden from other people too.
    const {
      username: _,
      has_2fa_enabled: __,
      is_staff: ___,
      ...shown
    } = userResource(bitbucket, person, apiUrl)
    return shown
  }
  const apps = [...[...clients.values()].map(appOfClient), ...[...resourceTokens.values()].map(appOfToken)]
  const app = apps.find(({ uuid, accountId }) => uuid === wanted || accountId === wanted)
  return app === undefined ? null : appResource(app, apiUrl)
}

function ownUserResource(bitbucket: Bitbucket, person: Person, apiUrl: string) {
  return contractOf(bitbucket).userFields === "2018"
    ? olderUserResource(bitbucket, person, apiUrl)
    : userResource(bitbucket, person, apiUrl)
}

/** The account resource in the key order of the newest recording (BB-U13). */
function userResource({ siteUrl }: Site, person: Person, apiUrl: string) {
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
function olderUserResource(site: Site, person: Person, apiUrl: string) {
  const { links, ...rest } = userResource(site, person, apiUrl)
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

/** BB-C8, BB-U10, BB-K3: no recording shows the account of an OAuth client, so this is the one of an access token. */
function appResource(app: App, apiUrl: string) {
  return {
    display_name: app.name,
    links: { self: { href: `${apiUrl}/2.0/users/${encodeURIComponent(app.uuid)}` } },
    created_on: bitbucketTimestamp("2020-01-01T00:00:00Z"),
    type: "app_user",
    uuid: app.uuid,
    account_id: app.accountId,
    account_status: "active",
    kind: app.kind,
  }
}
