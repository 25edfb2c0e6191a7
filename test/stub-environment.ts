import { vi } from "vitest"

/** What seals in these tests. */
export const authSecret = "a-secret-of-thirty-two-characters"

/** Gives the app the minimum of its environment. @param extra added to that, or replacing parts of it */
export function stubEnvironment(extra: Readonly<Record<string, string>> = {}): void {
  const environment = {
    AUTH_SECRET: authSecret,
    AUTH_BITBUCKET_ID: "key",
    AUTH_BITBUCKET_SECRET: "secret",
    DATABASE_URL: "postgres://none@127.0.0.1:1/none",
    ...extra,
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
}
