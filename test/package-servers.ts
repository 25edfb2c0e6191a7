import { type Connection, type ConnectionsOptions, createConnections } from "auth-bitbucket/connections"
import type { Emulator } from "bitbucket-emulator"
import { client, obtainGrant } from "./bitbucket-grant"
import type { TestStore } from "./package-stores"

export const secret = "a-secret-of-thirty-two-characters"
export const account = "{11111111-2222-4333-8444-555555555555}"

/** Bitbucket's token endpoint as the emulator has it. */
export const tokenEndpoint = ({ siteUrl }: Pick<Emulator, "siteUrl">) => ({
  url: `${siteUrl}/site/oauth2/access_token`,
  clientId: client.id,
  clientSecret: client.secret,
})

/** One server of an app: its own store on the same rows, and its own single flight. */
export function startServer(
  store: TestStore,
  emulator: Pick<Emulator, "siteUrl">,
  changes: Partial<ConnectionsOptions> = {},
) {
  const opened = changes.store ?? store.open()
  return {
    store: opened,
    ...createConnections({ oauth: tokenEndpoint(emulator), secrets: [secret], ...changes, store: opened }),
  }
}

/** Signs the demo person in at Bitbucket and stores their tokens. */
export async function signIn(
  server: ReturnType<typeof startServer>,
  emulator: Pick<Emulator, "siteUrl">,
  of = account,
): Promise<Connection> {
  const { accessToken, refreshToken, lifetimeSeconds, scopes } = await obtainGrant(emulator.siteUrl, "demo")
  return server.save(
    { tokens: { accessToken, refreshToken: refreshToken ?? "" }, lifetimeSeconds, scopes },
    of,
  )
}

/** Lets time pass until the account's access token has this many seconds left. */
export async function leaveSeconds(
  store: TestStore,
  server: ReturnType<typeof startServer>,
  secondsLeft: number,
): Promise<void> {
  const connection = await server.read(account)
  await store.letSecondsPass((connection?.remainingSeconds ?? 0) - secondsLeft)
}

/** The refresh requests that Bitbucket has received. */
export async function refreshRequests({ control }: Pick<Emulator, "control">) {
  return (await control.listRequests()).filter(({ grant_type }) => grant_type === "refresh_token")
}
