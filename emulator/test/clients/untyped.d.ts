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
