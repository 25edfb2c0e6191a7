import { stableAccountId, stableUuid } from "./identifiers.ts"
import { grantsScope, type Scope } from "./oauth2/scopes.ts"
import type { Person, RepositoryPermission, Seed, SeededAccessToken, SeededApiToken } from "./seed-schema.ts"
import { completeWorkspace, type Visitor, type Workspace } from "./workspaces.ts"

export type { Person }

/** Called an OAuth consumer on Bitbucket's older screens, an OAuth client on newer ones. */
export type OAuthClient = Seed["clients"][number]

export interface AuthorizationCode {
  readonly code: string
  readonly grantId: string
  /** As the authorization request spelled it; null if it had none (BB-A3, BB-A4). */
  readonly redirectUri: string | null
  readonly codeChallenge: string | null
  readonly codeChallengeMethod: "plain" | "S256"
  readonly expiresAtMs: number
  usedAtMs: number | null
}

/** One authorization of one client by one person; every token belongs to one. */
export interface Grant {
  readonly id: string
  readonly clientKey: string
  /** null if the client acts for itself, as an app_user (BB-C8). */
  readonly username: string | null
  readonly scopes: readonly Scope[]
  /** `client`: without a person's consent, so no person's settings list it. */
  readonly flow: "oauth2" | "oauth1" | "client"
  readonly grantedAtMs: number
  revokedAtMs: number | null
}

export interface AccessToken {
  readonly grantId: string
  expiresAtMs: number
}

export interface RefreshToken {
  readonly grantId: string
  lastUsedAtMs: number
  /** When it was first exchanged for a successor; from then on it lives for the grace period only (BB-C3). */
  replacedAtMs: number | null
}

/** The temporary credentials of RFC 5849 §2.1, and the person's answer to them. */
export interface RequestToken {
  readonly token: string
  readonly secret: string
  readonly clientKey: string
  /** null if the person types the verifier by hand (`oob`). */
  readonly callback: string | null
  readonly createdAtMs: number
  /** Both null until a person has approved. */
  verifier: string | null
  grantId: string | null
}

/** The token credentials of RFC 5849 §2.3. They do not expire (BB-O6). */
export interface OAuth1Token {
  readonly secret: string
  readonly grantId: string
}

/** A person's token for programs (BB-K1). */
interface ApiToken extends SeededApiToken {
  readonly username: string
}

/** A token of a workspace, project or repository, which acts for no person (BB-K3). */
export interface ResourceToken extends SeededAccessToken {
  readonly uuid: string
  readonly kind: "workspace_access_token" | "project_access_token" | "repository_access_token"
  readonly visitor: Extract<Visitor, { kind: "access token" }>
}

export interface ConsentDecision {
  readonly clientKey: string
  readonly username: string
  readonly scopes: readonly Scope[]
  readonly verdict: "allow" | "deny"
}

/** Everything the emulated Bitbucket remembers. One per emulator, never module-global. */
export interface State {
  readonly people: Map<string, Person>
  /** By slug. */
  readonly workspaces: Map<string, Workspace>
  readonly clients: Map<string, OAuthClient>
  /** By the token itself, as are the resource tokens. */
  readonly apiTokens: ReadonlyMap<string, ApiToken>
  readonly resourceTokens: ReadonlyMap<string, ResourceToken>
  /** Session cookie to username. */
  readonly browserSessions: Map<string, string>
  readonly authorizationCodes: Map<string, AuthorizationCode>
  readonly grants: Map<string, Grant>
  readonly accessTokens: Map<string, AccessToken>
  readonly refreshTokens: Map<string, RefreshToken>
  readonly requestTokens: Map<string, RequestToken>
  readonly oauth1Tokens: Map<string, OAuth1Token>
  /** When, by the wall clock, each nonce of an OAuth 1.0a request was seen. */
  readonly usedNonces: Map<string, number>
  /** The arrival times of calls that count towards a rate limit. */
  readonly countedCalls: Map<string, number[]>
  decisions: ConsentDecision[]
  /** How many tokens, codes and grants there may be before the unusable ones are dropped. */
  pruneAtSize: number
}

export function createState(seed: Seed): State {
  const people = new Map(seed.people.map((person) => [person.username, completePerson(person)]))
  const workspaces = seed.workspaces.map((workspace) =>
    completeWorkspace(workspace, people.get(workspace.personal_of ?? "") ?? null),
  )
  return {
    people,
    workspaces: new Map(workspaces.map((workspace) => [workspace.slug, workspace])),
    clients: new Map(seed.clients.map((client) => [client.key, client])),
    apiTokens: new Map(
      seed.people.flatMap(({ username, api_tokens }) =>
        api_tokens.map((token) => [token.token, { ...token, username }]),
      ),
    ),
    resourceTokens: new Map(
      workspaces.flatMap(resourceTokensOf).map((resourceToken) => [resourceToken.token, resourceToken]),
    ),
    browserSessions: new Map(),
    authorizationCodes: new Map(),
    grants: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    requestTokens: new Map(),
    oauth1Tokens: new Map(),
    usedNonces: new Map(),
    countedCalls: new Map(),
    decisions: [],
    pruneAtSize: 0,
  }
}

function resourceTokensOf(workspace: Workspace): ResourceToken[] {
  const complete = (
    token: SeededAccessToken,
    kind: ResourceToken["kind"],
    narrowed: { project: string | null; repository: string | null },
  ): ResourceToken => ({
    ...token,
    uuid: stableUuid(`access_token:${token.token}`),
    kind,
    visitor: {
      kind: "access token",
      workspace: workspace.slug,
      ...narrowed,
      permission: permissionOf(token.scopes),
    },
  })
  return [
    ...workspace.access_tokens.map((token) =>
      complete(token, "workspace_access_token", { project: null, repository: null }),
    ),
    ...workspace.projects.flatMap(({ key, access_tokens }) =>
      access_tokens.map((token) =>
        complete(token, "project_access_token", { project: key, repository: null }),
      ),
    ),
    ...workspace.repositories.flatMap(({ slug, access_tokens }) =>
      access_tokens.map((token) =>
        complete(token, "repository_access_token", { project: null, repository: slug }),
      ),
    ),
  ]
}

/** Assumed: an access token may do with a repository what its scopes say. */
function permissionOf(scopes: readonly Scope[]): RepositoryPermission {
  if (scopes.includes("repository:admin")) return "admin"
  return grantsScope(scopes, "repository:write") ? "write" : "read"
}

function completePerson(person: Seed["people"][number]): Person {
  const { display_name, nickname, uuid, account_id, ...rest } = person
  const displayName = display_name === undefined ? person.username : display_name
  return {
    ...rest,
    display_name: displayName,
    nickname: nickname ?? displayName ?? person.username,
    uuid: uuid ?? stableUuid(`person:${person.username}`),
    account_id: account_id === undefined ? stableAccountId(`person:${person.username}`) : account_id,
  }
}
