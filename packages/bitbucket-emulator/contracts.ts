import type { Randomness } from "./randomness.ts"

/** The differences between the Bitbucket of May 2026 (CHANGE-3052), the one before it, and Data Center. */
export interface Contract {
  /** BB-C1: the key for the granted scopes in the token response. */
  readonly scopeKey: "scope" | "scopes"
  /** BB-C2: whether a refresh issues a new refresh token, and an unused one expires. */
  readonly rotatesRefreshTokens: boolean
  /** BB-C4: clients may not assume a fixed length, so 2026 draws one per token. */
  readonly tokenLength: (randomness: Randomness) => number
  /** BB-C5: where a bearer token may travel. */
  readonly bearerLocations: readonly ("header" | "query" | "form")[]
  /** BB-C6: whether the API also answers below `/api` on the site's host, with `!api` links (BB-U12). */
  readonly servesApiOnSite: boolean
  /** BB-C7: whether Bitbucket still accepts `response_type=token` and `grant_type=password`. */
  readonly allowsImplicitAndPassword: boolean
  /** BB-C8: for whom a `client_credentials` token acts. */
  readonly clientActsAs: "app_user" | "owner"
  /** BB-P11: whether the listings of CHANGE-2770 still answer. */
  readonly servesRemovedEndpoints: boolean
  /** BB-S2: when issues and wikis went, and what `issue`, `issue:write` and `wiki` opened with them; null for never. */
  readonly issuesAndWikisEndOn: string | null
  /** BB-U8: `website` and the followers links were part of the account until 2019. */
  readonly userFields: "2018" | "2025"
  /** BB-E6: recorded for 2017, what every client expects for 2026. */
  readonly invalidRefreshTokenError: "invalid_grant" | "invalid_request"
  /** BB-P1, BB-P2: the message of a 401 for an expired token, and for an unknown one. */
  readonly expiredTokenMessage: string
  readonly invalidTokenMessage: string
  /** BB-E6, BB-D4: the error for an invalid refresh token. */
  readonly invalidRefreshTokenMessage: string
  /** Null on Bitbucket Cloud. */
  readonly dataCenter: DataCenter | null
}

/** The particulars of Bitbucket Data Center, the self-hosted product (BB-D1 to BB-D9). */
interface DataCenter {
  /** BB-D3. */
  readonly longestAccessTokenSeconds: number
  /** BB-D2. */
  readonly longestCodeSeconds: number
}

export type ContractName = "2026" | "2017" | "datacenter"

export const contracts: Record<ContractName, Contract> = {
  "2026": {
    scopeKey: "scope",
    rotatesRefreshTokens: true,
    tokenLength: (randomness) => randomness.integer(2000, 2600),
    bearerLocations: ["header"],
    servesApiOnSite: false,
    allowsImplicitAndPassword: false,
    clientActsAs: "app_user",
    servesRemovedEndpoints: false,
    issuesAndWikisEndOn: "2026-08-20T00:00:00Z",
    userFields: "2025",
    invalidRefreshTokenError: "invalid_grant",
    expiredTokenMessage: "Token is invalid, expired, or not supported for this endpoint.",
    invalidTokenMessage: "Token is invalid, expired, or not supported for this endpoint.",
    invalidRefreshTokenMessage: "Invalid refresh_token",
    dataCenter: null,
  },
  "2017": {
    scopeKey: "scopes",
    rotatesRefreshTokens: false,
    tokenLength: () => 18,
    bearerLocations: ["header", "query", "form"],
    servesApiOnSite: true,
    allowsImplicitAndPassword: true,
    clientActsAs: "owner",
    servesRemovedEndpoints: true,
    issuesAndWikisEndOn: null,
    userFields: "2018",
    invalidRefreshTokenError: "invalid_request",
    expiredTokenMessage: "Access token expired. Use your refresh token to obtain a new access token.",
    invalidTokenMessage: "Token is invalid or not supported for this endpoint.",
    invalidRefreshTokenMessage: "Invalid refresh_token",
    dataCenter: null,
  },
  datacenter: {
    scopeKey: "scope",
    rotatesRefreshTokens: true,
    tokenLength: (randomness) => randomness.integer(400, 600),
    bearerLocations: ["header"],
    servesApiOnSite: false,
    allowsImplicitAndPassword: false,
    clientActsAs: "app_user",
    servesRemovedEndpoints: false,
    issuesAndWikisEndOn: null,
    userFields: "2025",
    invalidRefreshTokenError: "invalid_grant",
    expiredTokenMessage: "You are not permitted to access this resource",
    invalidTokenMessage: "You are not permitted to access this resource",
    invalidRefreshTokenMessage: "The provided refresh_token is invalid",
    dataCenter: { longestAccessTokenSeconds: 3600, longestCodeSeconds: 10 },
  },
}
