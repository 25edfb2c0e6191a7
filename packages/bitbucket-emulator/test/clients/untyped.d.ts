// Clients that ship no types, as far as these tests use them.

declare module "passport-bitbucket-oauth20" {
  import type { PassportStrategy } from "./passport.ts"

  export const Strategy: new (
    options: Record<string, unknown>,
    verify: (
      accessToken: string,
      refreshToken: string,
      profile: Record<string, unknown>,
      done: (error: unknown, user?: unknown) => void,
    ) => void,
  ) => PassportStrategy
}

declare module "passport-bitbucket" {
  import type { PassportStrategy } from "./passport.ts"

  export const Strategy: new (
    options: Record<string, unknown>,
    verify: (
      token: string,
      tokenSecret: string,
      profile: Record<string, unknown>,
      done: (error: unknown, user?: unknown) => void,
    ) => void,
  ) => PassportStrategy
}

declare module "oauth" {
  type Answered = (error: { statusCode: number; data: string } | null, ...results: string[]) => void

  export class OAuth {
    constructor(
      requestUrl: string,
      accessUrl: string,
      consumerKey: string,
      consumerSecret: string,
      version: string,
      callback: string | null,
      signatureMethod: "HMAC-SHA1" | "PLAINTEXT",
    )
    getOAuthRequestToken(answered: Answered): void
    getOAuthAccessToken(token: string, secret: string, verifier: string, answered: Answered): void
    get(url: string, token: string, secret: string, answered: Answered): void
    authHeader(url: string, token: string, secret: string, method: string): string
  }
}
