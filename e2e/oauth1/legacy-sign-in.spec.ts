import { generateKeyPairSync } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import path from "node:path"
import type { Page } from "@playwright/test"
import { unsealTokens } from "auth-bitbucket/connections"
import type { ServerProcess } from "../../scripts/server-process"
import { expect, test } from "../fixtures"
import { accessibilityFaults } from "../looks"
import { BitbucketPages } from "../pages/bitbucket-pages"
import { buildLegacyApp, hmacConsumer, startLegacyApp } from "./legacy-app"

// One build for all tests.
test.describe.configure({ mode: "default" })
// The page of a failed sign-in has the status of its cause.
test.use({ expectedConsoleErrors: [/status of (400|503) /] })

let folder: string
let legacy: { url: string; app: ServerProcess }

test.beforeAll(async ({ environment }) => {
  folder = await buildLegacyApp()
  legacy = await startLegacyApp(folder, { ...environment, ...hmacConsumer })
})

test.afterAll(() => legacy.app.stop())

test.beforeEach(({ emulator }) => emulator.control.changeConfig({ oauth1: "on" }).then(() => undefined))

async function start(page: Page, next = "/profile"): Promise<BitbucketPages> {
  await page.goto(`${legacy.url}/signin?next=${encodeURIComponent(next)}`)
  await page.getByRole("link", { name: "Sign in with Bitbucket (legacy)" }).click()
  return new BitbucketPages(page)
}

/** A callback of a person who has allowed access before, not followed. */
async function obtainCallback(page: Page): Promise<string> {
  await (await start(page)).signInAndAllow()
  await expect(page).toHaveURL(`${legacy.url}/profile`)
  await page.context().clearCookies({ name: "authjs.session-token" })
  const follow = async (address: string) => {
    const response = await page.request.get(address, { maxRedirects: 0 })
    return response.headers().location ?? ""
  }
  return follow(await follow(`${legacy.url}/oauth1/bitbucket/authorize?next=/profile`))
}

const tokenRequests = async (emulator: { control: { listRequests: () => Promise<{ path: string }[]> } }) =>
  (await emulator.control.listRequests()).filter(({ path }) => path.endsWith("/oauth/access_token")).length

test("L5 the legacy sign-in, started on another hostname of the app, goes to AUTH_URL first and ends signed in", async ({
  page,
}) => {
  await page.goto(`${legacy.url.replace("localhost", "127.0.0.1")}/oauth1/bitbucket/authorize?next=/profile`)
  await new BitbucketPages(page).signInAndAllow()
  await expect(page).toHaveURL(`${legacy.url}/profile`)
})

test("L5 the legacy sign-in leads to the profile through signed calls, and no secret of its tokens is visible", async ({
  page,
  emulator,
  database,
  environment,
}) => {
  const bitbucket = await start(page)
  await bitbucket.signInAndAllow()
  await expect(page).toHaveURL(`${legacy.url}/profile`)
  await expect(page.getByRole("heading", { name: "Demo" })).toBeVisible()

  const requests = await emulator.control.listRequests()
  expect(requests.filter(({ path }) => path.endsWith("/oauth/request_token"))).toMatchObject([
    { status: 200 },
  ])
  expect(requests.filter(({ path }) => path.endsWith("/oauth/access_token"))).toMatchObject([{ status: 200 }])
  const calls = requests.filter(({ origin }) => origin === "api")
  expect(calls.length).toBeGreaterThan(1)
  expect(calls.filter(({ status }) => status !== 200)).toEqual([])
  expect(requests.filter(({ grant_type }) => grant_type)).toEqual([])

  const { rows } = await database.query(
    "select kind, sealed_tokens, account_uuid, expires_at > now() + interval '50 years' as stays from connection",
  )
  expect(rows).toMatchObject([{ kind: "oauth1", stays: true }])
  const tokens = await unsealTokens(rows[0].sealed_tokens, rows[0].account_uuid, [
    environment.AUTH_SECRET ?? "",
  ])
  expect(tokens.tokenSecret).toMatch(/^\w{32}$/)
  const seen = `${await page.content()} ${JSON.stringify(await page.context().cookies())} ${legacy.app.output()}`
  for (const secret of [tokens.accessToken, tokens.tokenSecret ?? "", hmacConsumer.BITBUCKET_OAUTH1_SECRET])
    expect(seen).not.toContain(secret)
  expect((await page.context().cookies()).map(({ name }) => name)).not.toContainEqual(
    expect.stringContaining("oauth1"),
  )

  await page.goto(`${legacy.url}/integrations/bitbucket`)
  await expect(page.getByRole("main").getByText("Doesn’t expire.")).toBeVisible()
  await page.getByRole("button", { name: "Disconnect…" }).click()
  const question = page.getByRole("dialog")
  await expect(question).toContainText(
    "At Bitbucket the deleted keys stay valid until you remove your permission.",
  )
  await expect(question).not.toContainText("two hours")
  await expect(page.getByRole("button", { name: "Renew access now" })).toHaveCount(0)
  expect(await accessibilityFaults(page)).toEqual([])
})

test("the person returns to the page they wanted, and never to another site", async ({ page }) => {
  await (await start(page, "/integrations/bitbucket")).signInAndAllow()
  await expect(page).toHaveURL(`${legacy.url}/integrations/bitbucket`)
  await page.goto(`${legacy.url}/oauth1/bitbucket/authorize?next=https://evil.example/`)
  await expect(page).toHaveURL(`${legacy.url}/profile`)
})

test("a refusal says that nothing changed, and sends no request to Bitbucket", async ({ page, emulator }) => {
  const bitbucket = await start(page)
  await bitbucket.signIn("demo")
  await bitbucket.deny()
  await expect(page).toHaveURL(/\/auth\/error\?error=access_denied/)
  await expect(page.getByRole("heading", { name: "Sign-in cancelled" })).toBeVisible()
  expect(await tokenRequests(emulator)).toBe(0)
})

test("L4 the app refuses an answer that was used, altered, repeated, or meant for another browser, before it asks Bitbucket", async ({
  page,
  browser,
  emulator,
  database,
}) => {
  const url = new URL(await obtainCallback(page))
  await emulator.control.clearRequests()
  const [token, verifier] = [url.searchParams.get("oauth_token"), url.searchParams.get("oauth_verifier")]

  const stranger = await browser.newPage()
  await stranger.goto(url.href)
  await expect(stranger).toHaveURL(/error=callback_mismatch/)
  for (const query of [
    `oauth_token=another&oauth_verifier=${verifier}`,
    `oauth_token=${token}`,
    `oauth_token=${token}&oauth_verifier=`,
    `oauth_token=${token}&oauth_verifier=${verifier}&oauth_verifier=${verifier}`,
    `oauth_token=${token}&oauth_token=${token}&oauth_verifier=${verifier}`,
    `oauth_verifier=${verifier}`,
    `oauth_token=${token}&oauth_verifier=${"9".repeat(9_000)}`,
  ]) {
    await page.goto(`${legacy.url}/oauth1/bitbucket/callback?${query}`)
    await expect(page).toHaveURL(/error=callback_mismatch/)
  }
  expect(await tokenRequests(emulator)).toBe(0)

  await page.goto(url.href)
  await expect(page).toHaveURL(`${legacy.url}/profile`)
  expect(await tokenRequests(emulator)).toBe(1)

  await page.context().clearCookies({ name: "authjs.session-token" })
  await page.goto(url.href)
  await expect(page).toHaveURL(/error=callback_mismatch/)
  expect(await tokenRequests(emulator)).toBe(1)
  expect((await database.query("select 1 from session")).rowCount).toBe(2)
})

test("L8 neither protocol's callback accepts an answer of the other", async ({ page, emulator }) => {
  const legacyAnswer = new URL(await obtainCallback(page)).search
  const started = await page.request.get(`${legacy.url}/oauth/bitbucket/authorize?next=/profile`, {
    maxRedirects: 0,
  })
  const state = new URL(started.headers().location ?? "").searchParams.get("state") ?? ""
  await emulator.control.clearRequests()
  for (const crossed of [
    `/api/auth/callback/bitbucket${legacyAnswer}`,
    `/oauth1/bitbucket/callback?${new URLSearchParams({ code: "c", state })}`,
    `/oauth1/bitbucket/callback?${new URLSearchParams({ oauth_token: state, oauth_verifier: "v" })}`,
  ]) {
    await page.goto(legacy.url + crossed)
    await expect(page).toHaveURL(/error=callback_mismatch/)
  }
  expect(await emulator.control.listRequests()).toEqual([])
})

test("L6 with a Bitbucket whose clock is a day ahead, the app retries once with Bitbucket's time", async ({
  page,
  emulator,
}) => {
  await emulator.control.advanceClock(24 * 60 * 60 * 1000)
  const bitbucket = await start(page)
  await bitbucket.signInAndAllow()
  await expect(page).toHaveURL(`${legacy.url}/profile`)
  const asked = (await emulator.control.listRequests()).filter(({ path }) => path.endsWith("/request_token"))
  expect(asked.map(({ status }) => status).at(-1)).toBe(200)
  expect(asked.length).toBeLessThanOrEqual(2)
})

test("two tabs can sign in at the same time", async ({ page }) => {
  const callback = await obtainCallback(page)
  const second = await page.context().newPage()
  await start(second, "/sessions")
  await expect(second).toHaveURL(`${legacy.url}/sessions`)
  await page.goto(callback)
  await expect(page).toHaveURL(`${legacy.url}/profile`)
})

test("if Bitbucket has retired it, the page says so and the usual sign-in still works", async ({
  page,
  emulator,
}) => {
  await emulator.control.changeConfig({ oauth1: "gone" })
  await start(page)
  await expect(page).toHaveURL(/error=legacy_unavailable/)
  await expect(page.getByRole("heading", { name: "The legacy sign-in is unavailable" })).toBeVisible()
  expect(await accessibilityFaults(page)).toEqual([])
})

for (const [what, fault] of [
  ["a web page with 401", { status: 401, body: "<html>Sign in</html>", heading: "legacy sign-in is unav" }],
  ["garbage", { status: 200, body: "\u0000\u0001<>&&==", heading: "legacy sign-in is unav" }],
  ["an outage", { status: 503, body: "", heading: "Bitbucket could not be reached" }],
  ["more than the app reads", { status: 200, body: "x".repeat(300_000), heading: "legacy sign-in is unav" }],
] as const)
  test(`L7 ${what} instead of a request token leads to a page that says what helps`, async ({
    page,
    emulator,
  }) => {
    await emulator.control.addFault({
      match: { path: "/api/1.0/oauth/request_token" },
      kind: "status",
      status: fault.status,
      headers: { "content-type": "text/html" },
      body: fault.body,
    })
    await start(page)
    await expect(page.getByRole("heading", { name: fault.heading })).toBeVisible()
    expect(await tokenRequests(emulator)).toBe(0)
  })

test("L3 the app does not use a request token whose callback Bitbucket does not confirm", async ({
  page,
  emulator,
}) => {
  await emulator.control.addFault({
    match: { path: "/api/1.0/oauth/request_token" },
    kind: "status",
    status: 200,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "oauth_token=a&oauth_token_secret=b",
  })
  await start(page)
  await expect(page.getByRole("heading", { name: "The legacy sign-in is unavailable" })).toBeVisible()
  expect(await tokenRequests(emulator)).toBe(0)
})

test("a connection that Bitbucket has ended asks its person to sign in again, once, and is not refreshed", async ({
  page,
  emulator,
  database,
}) => {
  await (await start(page)).signInAndAllow()
  await expect(page).toHaveURL(`${legacy.url}/profile`)
  await emulator.control.revokeGrants("demo")
  await emulator.control.clearRequests()
  await database.query(
    "update connection set profile_read_at = now() - interval '1 hour', profile_asked_at = null",
  )
  await page.goto(`${legacy.url}/profile`)
  await expect(page).toHaveURL(/\/signin\?.*reason=reauthorization/)
  expect((await database.query("select kind, status from connection")).rows).toEqual([
    { kind: "oauth1", status: "dead" },
  ])
  const paths = (await emulator.control.listRequests()).map(({ path }) => path)
  expect(paths.filter((path) => path.includes("oauth"))).toEqual([])
  await page.getByRole("link", { name: "Sign in with Bitbucket (legacy)" }).click()
  await new BitbucketPages(page).allow()
  await expect(page).toHaveURL(`${legacy.url}/profile`)
  expect((await database.query("select kind, status from connection")).rows).toEqual([
    { kind: "oauth1", status: "active" },
  ])
})

test("a build without its variables contains no trace of it, and the same search finds it in one with them", async () => {
  expect(await tracesIn(path.join(folder, ".next"))).not.toEqual([])
  expect(await tracesIn(".next")).toEqual([])
})

test("a build with it behaves like one without if its variables are unset", async ({ page, environment }) => {
  const { url, app } = await startLegacyApp(folder, environment)
  try {
    for (const path of ["authorize", "callback?oauth_token=a&oauth_verifier=b"])
      expect((await page.request.get(`${url}/oauth1/bitbucket/${path}`)).status()).toBe(404)
    await page.goto(`${url}/signin`)
    await expect(page.getByRole("link", { name: /legacy/ })).toHaveCount(0)
  } finally {
    await app.stop()
  }
})

test("at a Data Center it signs with a private key, below the context path", async ({
  page,
  emulator,
  environment,
  database,
}) => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
  await emulator.control.reset({
    people: [{ username: "Dana", password: "Dana", display_name: "Da Na" }],
    clients: [
      {
        key: "application-link",
        secret: "unused",
        name: "Demo",
        public_key: publicKey.export({ type: "spki", format: "pem" }).toString(),
      },
    ],
  })
  await emulator.control.changeConfig({ contract: "datacenter", context_path: "/bitbucket" })
  const { BITBUCKET_API_URL: _, ...others } = environment
  const { url, app } = await startLegacyApp(folder, {
    ...others,
    BITBUCKET_KIND: "datacenter",
    BITBUCKET_SITE_URL: `${emulator.siteUrl}/bitbucket`,
    BITBUCKET_OAUTH1_KEY: "application-link",
    BITBUCKET_OAUTH1_PRIVATE_KEY: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  })
  try {
    await page.goto(`${url}/oauth1/bitbucket/authorize?next=/profile`)
    const bitbucket = new BitbucketPages(page)
    await bitbucket.signIn("Dana")
    await bitbucket.deny()
    await expect(page).toHaveURL(/error=access_denied/)
    await page.goto(`${url}/oauth1/bitbucket/authorize?next=/profile`)
    await bitbucket.allow()
    await expect(page.getByRole("heading", { name: "Da Na" })).toBeVisible()
    expect((await database.query("select kind from connection")).rows).toEqual([{ kind: "oauth1" }])
    const api = (await emulator.control.listRequests()).filter(({ path }) => path.includes("/rest/api/"))
    expect(api.length).toBeGreaterThan(0)
  } finally {
    await page.goto("about:blank")
    await app.stop()
  }
})

/** Words that only the legacy sign-in uses, in any bundle that is served or run, or in a source map. */
async function tracesIn(build: string): Promise<string[]> {
  const words = /oauth_consumer_key|oauth_callback_confirmed|RSA-SHA1/
  const traces: string[] = []
  for (const part of ["server", "static"])
    for (const file of await readdir(path.join(build, part), { recursive: true })) {
      const text = /\.(js|mjs|json|map|html|rsc)$/.test(file)
        ? await readFile(path.join(build, part, file), "utf8")
        : ""
      if (file.endsWith(".map") ? namesSource(text) : words.test(text)) traces.push(file)
    }
  return traces
}

function namesSource(map: string): boolean {
  return /"[^"]*\/(lib|app)\/oauth1\/[^"]*\.ts"/.test(map)
}
