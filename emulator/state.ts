import { stableAccountId, stableUuid } from "./identifiers.ts"
import type { Scope } from "./oauth2/scopes.ts"
import type { Seed } from "./seed.ts"

export type Person = Omit<Seed["people"][number], "uuid" | "account_id" | "nickname" | "display_name"> & {
  readonly uuid: string
  readonly account_id: string | null
  readonly nickname: string
  readonly display_name: string | null
}

/** What Bitbucket's screens call an OAuth consumer, newer ones an OAuth client. */
export type OAuthClient = Seed["clients"][number]

export interface AuthorizationCode {
  readonly code: string
  readonly grantId: string
  /** As the authorization request spelled it; null when it named none (BB-A3, BB-A4). */
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
  readonly username: string
  readonly scopes: readonly Scope[]
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
  /** When it was first exchanged for a successor; from then on it lives for the grace only (BB-C3). */
  replacedAtMs: number | null
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
  readonly clients: Map<string, OAuthClient>
  /** Session cookie to username. */
  readonly browserSessions: Map<string, string>
  readonly authorizationCodes: Map<string, AuthorizationCode>
  readonly grants: Map<string, Grant>
  readonly accessTokens: Map<string, AccessToken>
  readonly refreshTokens: Map<string, RefreshToken>
  decisions: ConsentDecision[]
}

export function createState(seed: Seed): State {
  return {
    people: new Map(seed.people.map((person) => [person.username, completePerson(person)])),
    clients: new Map(seed.clients.map((client) => [client.key, client])),
    browserSessions: new Map(),
    authorizationCodes: new Map(),
    grants: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    decisions: [],
  }
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
