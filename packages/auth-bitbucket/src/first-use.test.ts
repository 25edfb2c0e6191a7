import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { client as credentials, obtainGrant } from "@/test/bitbucket-grant"
import { refreshRequests } from "@/test/package-servers"
import { createClient } from "./client.ts"
import { createConnections, createMemoryStore, UserAuthorizationRequiredError } from "./connections.ts"
import { bitbucketUrls } from "./provider.ts"

/** The parts put together as docs/use-in-your-app.md writes them, and given what Auth.js gives. */
const account = "an-id-of-the-app's-own"
const secret = "a-secret-of-thirty-two-characters"

let emulator: Emulator
let connections: ReturnType<typeof connect>

beforeEach(async () => {
  emulator = await startEmulator({ port: 0 })
  connections = connect()
})
afterEach(() => emulator.close())

const urlsOfEmulator = () => bitbucketUrls({ site: emulator.siteUrl, api: emulator.apiUrl })

function connect(sealing = secret) {
  const { id: clientId, secret: clientSecret } = credentials
  return createConnections({
    store: createMemoryStore(),
    oauth: { url: urlsOfEmulator().token, clientId, clientSecret },
    secrets: [sealing],
  })
}

/** The `account` that Auth.js passes to its callbacks: the token response, with `expires_at` added. */
async function accountOfAuthjs() {
  const { accessToken, refreshToken, lifetimeSeconds, scopes } = await obtainGrant(emulator.siteUrl, "demo")
  return {
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: "bearer",
    expires_in: lifetimeSeconds,
    expires_at: Math.floor(Date.now() / 1_000) + lifetimeSeconds,
    scope: scopes?.join(" "),
    provider: "bitbucket",
    type: "oauth",
    providerAccountId: "{11111111-2222-4333-8444-555555555555}",
  }
}

describe("a client with connections behind it", () => {
  test("calls Bitbucket as the person", async () => {
    await connections.save(await accountOfAuthjs(), account)
    const bitbucket = createClient({
      getToken: (options) => connections.getToken(account, options),
      urls: urlsOfEmulator(),
    })
    expect((await bitbucket.user()).displayName).toBe("Demo Person")
    expect(await refreshRequests(emulator)).toHaveLength(0)
  })

  test("has a token that Bitbucket refused refreshed once, for all the calls that it refused", async () => {
    await connections.save(await accountOfAuthjs(), account)
    await emulator.control.expireTokens("demo")
    const bitbucket = createClient({
      getToken: (options) => connections.getToken(account, options),
      urls: urlsOfEmulator(),
    })
    const people = await Promise.all(Array.from({ length: 8 }, () => bitbucket.user()))
    expect(people.map(({ displayName }) => displayName)).toEqual(Array(8).fill("Demo Person"))
    expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }])
  })

  test("says that the user has to sign in if nothing is connected", async () => {
    const bitbucket = createClient({ getToken: (options) => connections.getToken(account, options) })
    await expect(bitbucket.user()).rejects.toBeInstanceOf(UserAuthorizationRequiredError)
  })
})

describe("an account of Auth.js", () => {
  test("is saved as its callbacks are given it", async () => {
    const given = await accountOfAuthjs()
    expect(await connections.save(given, account)).toMatchObject({
      account,
      scopes: given.scope?.split(" "),
      lifetimeSeconds: given.expires_in,
    })
  })

  const stored = { expires_in: undefined, scope: null, token_type: null, id_token: null, session_state: null }
  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds

  test.each([
    ["a number", (seconds: number) => inSeconds(seconds)],
    ["text, as drivers give a bigint", (seconds: number) => String(inSeconds(seconds))],
  ])("as an adapter stored it, with its expiry as %s, lives no longer than it was given", async (_, at) => {
    const saved = await connections.save(
      { ...(await accountOfAuthjs()), ...stored, expires_at: at(600) },
      account,
    )
    expect(saved.lifetimeSeconds).toBeGreaterThan(590)
    expect(saved.lifetimeSeconds).toBeLessThanOrEqual(600)
  })

  test("that expired in the adapter's table is refreshed at its first use", async () => {
    const given = await accountOfAuthjs()
    await connections.save({ ...given, ...stored, expires_at: inSeconds(-86_400) }, account)
    const token = await connections.getToken(account)
    expect(token.value).not.toBe(given.access_token)
    expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }])
  })

  test.each([null, undefined, "soon"])(
    "with the expiry %j lives as long as Bitbucket's tokens do",
    async (at) => {
      const saved = await connections.save(
        { ...(await accountOfAuthjs()), ...stored, expires_at: at },
        account,
      )
      expect(saved.lifetimeSeconds).toBe(7_200)
    },
  )
})

test("a secret that is missing or short seals nothing, and prevents no build", async () => {
  for (const short of ["", "x".repeat(31)])
    await expect(connect(short).save(await accountOfAuthjs(), account)).rejects.toThrow(TypeError)
})

test("an address of Bitbucket that the environment does not name is Bitbucket Cloud's", () => {
  expect(bitbucketUrls({ site: undefined, api: undefined, user: undefined })).toEqual(bitbucketUrls())
  expect(bitbucketUrls().token).toBe("https://bitbucket.org/site/oauth2/access_token")
})

test("without an address of a token endpoint, refreshes go to Bitbucket Cloud", async () => {
  const asked: string[] = []
  const withoutUrl = createConnections({
    store: createMemoryStore(),
    oauth: {
      clientId: credentials.id,
      clientSecret: credentials.secret,
      fetch: async (input) => {
        asked.push(String(input))
        return Response.json({ access_token: "new", expires_in: 7_200 })
      },
    },
    secrets: [secret],
  })
  await withoutUrl.save(await accountOfAuthjs(), account)
  await withoutUrl.getToken(account, { forceRefresh: true })
  expect(asked).toEqual(["https://bitbucket.org/site/oauth2/access_token"])
})
