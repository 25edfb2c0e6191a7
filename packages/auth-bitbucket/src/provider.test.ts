import { Auth, type AuthConfig, skipCSRFCheck } from "@auth/core"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { approve, client } from "@/test/bitbucket-grant"
import { Bitbucket, type BitbucketOptions } from "./provider.ts"

const app = "http://localhost:3000/api/auth"

let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
})

beforeEach(() => emulator.reset())

afterAll(() => emulator.close())

/** Another developer's app with this provider, and Auth.js without a database. */
function createApp(options: Partial<BitbucketOptions> = {}) {
  const seen: { profile: unknown; user: unknown; account: unknown }[] = []
  const errors: Error[] = []
  const urls = { site: emulator.siteUrl, api: emulator.apiUrl }
  const config: AuthConfig = {
    basePath: "/api/auth",
    trustHost: true,
    secret: "a-secret-of-thirty-two-characters",
    providers: [Bitbucket({ clientId: client.id, clientSecret: client.secret, urls, ...options })],
    callbacks: {
      signIn({ profile, user, account }) {
        seen.push({ profile, user, account })
        return true
      },
    },
    logger: { error: (error) => errors.push(error) },
  }
  const cookies = new Map<string, string>()

  async function visit(url: string, form?: Record<string, string>): Promise<Response> {
    const headers = { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") }
    const body = form && { method: "POST", body: new URLSearchParams(form) }
    const response = await Auth(new Request(url, { headers, ...body }), { ...config, skipCSRFCheck })
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=")
      cookies.set(name, value)
    }
    return response
  }

  /** @returns the address of the authorization request */
  async function start(): Promise<URL> {
    return new URL(
      (await visit(`${app}/signin/bitbucket`, { callbackUrl: "/" })).headers.get("location") ?? "",
    )
  }

  async function signIn(username: string): Promise<Response> {
    const { pathname, search } = await start()
    return visit(
      (await approve(emulator.siteUrl, pathname + search, username)).href.replace(
        /^[^?]+/,
        `${app}/callback/bitbucket`,
      ),
    )
  }

  const isSignedIn = () =>
    [...cookies].some(([name, value]) => name === "authjs.session-token" && value !== "")
  return { start, signIn, visit, seen, errors, isSignedIn }
}

describe("a sign-in with Auth.js", () => {
  test("sends state and PKCE, the scopes, and the client", async () => {
    const { origin, pathname, searchParams } = await createApp({
      scopes: ["account", "email", "repository"],
    }).start()
    expect(origin + pathname).toBe(`${emulator.siteUrl}/site/oauth2/authorize`)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: client.id,
      response_type: "code",
      scope: "account email repository",
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/.{20}/),
    })
  })

  test("gives the callbacks the account, its addresses and the confirmed primary one", async () => {
    const { signIn, seen, isSignedIn } = createApp()
    expect((await signIn("zoe")).headers.get("location")).toBe("http://localhost:3000/")
    expect(isSignedIn()).toBe(true)
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({
      profile: {
        account: { displayName: "Zoë Ångström-Жукова", uuid: expect.stringMatching(/^\{[0-9a-f-]{36}\}$/) },
        email: "zoe@example.com",
        email_verified: true,
      },
      user: { name: "Zoë Ångström-Жукова", email: "zoe@example.com" },
    })
    const { profile, account } = seen[0] as {
      profile: { account: { uuid: string } }
      account: { providerAccountId: string }
    }
    expect(account.providerAccountId).toBe(profile.account.uuid)
  })

  test("never gives an unconfirmed address as the person's", async () => {
    const { signIn, seen } = createApp()
    await signIn("una")
    expect(seen[0]).toMatchObject({
      profile: { email: null, email_verified: false },
      user: { email: undefined },
    })
  })

  test("authenticates the client by HTTP Basic and sends the token in the header alone", async () => {
    await createApp().signIn("demo")
    const requests = await emulator.control.listRequests()
    expect(requests.filter(({ path }) => path === "/site/oauth2/access_token")).toMatchObject([
      { status: 200 },
    ])
    const calls = requests.filter(({ origin }) => origin === "api")
    expect(calls.map(({ path, status }) => `${status} ${path}`).toSorted()).toEqual([
      "200 /2.0/user",
      "200 /2.0/user/emails",
    ])
    expect(JSON.stringify(calls.map(({ query }) => query))).not.toContain("token")
  })

  const plausible = JSON.stringify({
    uuid: "{11111111-2222-4333-8444-555555555555}",
    display_name: "Plausible",
  })
  test.each<[string, number, string, string]>([
    ["a refusal with a profile in it", 401, "application/json", plausible],
    ["an error with a profile in it", 500, "application/json", plausible],
    ["a refusal without one", 429, "application/json", '{"links": {}}'],
    ["a page", 200, "text/html", plausible],
    ["a profile without an identity", 200, "application/json", '{"display_name": "Plausible"}'],
    ["a redirect", 302, "application/json", plausible],
    [
      "an endless page",
      200,
      "application/json",
      JSON.stringify({ ...JSON.parse(plausible), more: "x".repeat(300_000) }),
    ],
  ])("lets no one sign in if /2.0/user answers with %s", async (_, status, contentType, body) => {
    await emulator.control.addFault({
      match: { origin: "api", path: "/2.0/user" },
      kind: "status",
      status,
      headers: { "content-type": contentType, location: emulator.siteUrl },
      body,
      times: null,
    })
    const { signIn, seen, errors, isSignedIn } = createApp()
    await signIn("demo")
    expect([seen.length, isSignedIn(), errors.length]).toEqual([0, false, 1])
  })

  test("works without addresses during an outage of their endpoint, unless they are required", async () => {
    await emulator.control.addFault({
      match: { path: "/2.0/user/emails" },
      kind: "status",
      status: 503,
      times: null,
    })
    const lenient = createApp()
    await lenient.signIn("demo")
    expect(lenient.seen).toMatchObject([{ profile: { emails: null, email: null } }])
    const strict = createApp({ requireEmails: true })
    await strict.signIn("demo")
    expect([strict.seen.length, strict.isSignedIn()]).toEqual([0, false])
  })

  test.each(["state", "code"])("is refused if the callback has another %s", async (parameter) => {
    const { start, visit, seen, isSignedIn } = createApp()
    const { pathname, search } = await start()
    const callback = await approve(emulator.siteUrl, pathname + search, "demo")
    callback.searchParams.set(parameter, "another")
    await visit(`${app}/callback/bitbucket${callback.search}`)
    expect([seen.length, isSignedIn()]).toEqual([0, false])
  })

  test("calls only the two given origins, whatever fetch it was given", async () => {
    const asked: string[] = []
    const fetch: typeof globalThis.fetch = (input, init) => {
      asked.push(new URL(input instanceof Request ? input.url : input).origin)
      return globalThis.fetch(input, init)
    }
    const { signIn, isSignedIn } = createApp({ fetch })
    await signIn("demo")
    expect(isSignedIn()).toBe(true)
    expect(new Set(asked)).toEqual(new Set([emulator.siteUrl, emulator.apiUrl]))
  })
})
