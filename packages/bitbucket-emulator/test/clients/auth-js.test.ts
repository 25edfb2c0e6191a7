import { Auth, type AuthConfig } from "@auth/core"
import Bitbucket from "@auth/core/providers/bitbucket"
import { expect, test } from "vitest"
import { Browser, locationOf } from "../browser.ts"
import { demoClient } from "../oauth-client.ts"
import { withEmulator } from "../with-emulator.ts"
import { CookieJar } from "./cookie-jar.ts"

const emulator = withEmulator()
const APP = "http://localhost:3000/api/auth"

/** Auth.js with its built-in Bitbucket provider; only the three addresses differ from a real configuration. */
function application() {
  const { siteUrl, apiUrl } = emulator.current
  const failures: unknown[] = []
  const config: AuthConfig = {
    secret: "a-secret-of-the-application-under-test",
    trustHost: true,
    basePath: "/api/auth",
    logger: { error: (error) => failures.push(error), warn: () => {} },
    providers: [
      Bitbucket({
        clientId: demoClient.key,
        clientSecret: demoClient.secret,
        authorization: { url: `${siteUrl}/site/oauth2/authorize`, params: { scope: "account" } },
        token: `${siteUrl}/site/oauth2/access_token`,
        userinfo: `${apiUrl}/2.0/user`,
      }),
    ],
  }
  const jar = new CookieJar()
  const ask = async (address: string, init: RequestInit = {}) => {
    const request = new Request(address, { ...init, headers: { cookie: jar.header() } })
    return jar.keep(await Auth(request, config))
  }
  const startSignIn = async () => {
    const { csrfToken } = (await (await ask(`${APP}/csrf`)).json()) as { csrfToken: string }
    const body = new URLSearchParams({ csrfToken, callbackUrl: "http://localhost:3000/" })
    return locationOf(await ask(`${APP}/signin/bitbucket`, { method: "POST", body }))
  }
  const readSession = async () => (await ask(`${APP}/session`)).json()
  return { ask, startSignIn, readSession, failures }
}

async function decide(authorize: URL, action: "approve" | "deny"): Promise<string> {
  const browser = new Browser(emulator.current)
  await browser.signIn("demo")
  return locationOf(await browser.decide(action, Object.fromEntries(authorize.searchParams))).href
}

test("Auth.js signs a person in with its built-in Bitbucket provider", async () => {
  const { ask, startSignIn, readSession, failures } = application()
  const callback = await decide(await startSignIn(), "approve")
  expect(locationOf(await ask(callback)).href).toBe("http://localhost:3000/")
  expect(failures).toEqual([])
  expect(await readSession()).toMatchObject({ user: { name: "Demo Person" } })
})

test("Auth.js returns to its own sign-in page after a denial (BB-A14)", async () => {
  const { ask, startSignIn, readSession } = application()
  const callback = await decide(await startSignIn(), "deny")
  const location = locationOf(await ask(callback))
  expect(location.pathname).toBe("/api/auth/signin")
  expect(location.searchParams.get("error")).toBe("OAuthCallbackError")
  expect(await readSession()).toBeNull()
})

test("Auth.js does not sign in with a used code (BB-E7)", async () => {
  const { ask, startSignIn, readSession } = application()
  const callback = await decide(await startSignIn(), "approve")
  await ask(callback)
  const second = application()
  await second.startSignIn()
  expect(locationOf(await second.ask(callback)).searchParams.get("error")).not.toBeNull()
  expect(await second.readSession()).toBeNull()
  expect(await readSession()).not.toBeNull()
})
