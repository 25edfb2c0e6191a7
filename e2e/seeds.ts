import type { SeedInput } from "bitbucket-emulator"

type ClientInput = NonNullable<SeedInput["clients"]>[number]

/** The OAuth client that every app of these tests uses. @param callbackUrl origin of that app */
export function clientFor(callbackUrl: string, overrides: Partial<ClientInput> = {}): ClientInput {
  return {
    key: "emulatorClientKey1",
    secret: "emulatorClientSecret123456789012",
    name: "Demo",
    callback_url: callbackUrl,
    scopes: ["account", "email"],
    ...overrides,
  }
}

/**
 * A Bitbucket whose client belongs to a test's own server.
 *
 * @param callbackUrl origin of that server
 * @param usernames of people who share one password; their names begin with a capital
 */
export function seedFor(callbackUrl: string, usernames: readonly string[] = ["demo"]): SeedInput {
  return {
    people: usernames.map((username) => ({
      username,
      password: username,
      display_name: `${username[0]?.toUpperCase()}${username.slice(1)} Person`,
      emails: [{ email: `${username}@example.com`, is_primary: true, is_confirmed: true }],
    })),
    clients: [clientFor(callbackUrl)],
  }
}
