import { readdirSync } from "node:fs"
import { unsealTokens } from "auth-bitbucket/connections"
import type { FaultInput } from "bitbucket-emulator"
import type { Pool } from "pg"
import { startOwnApp } from "../own-app"
import { readProfileAgo, signInByHand, signInFrom } from "../person"
import { seedFor } from "../seeds"
import { type Canary, leaksIn } from "./canaries"
import { askFor, renderings } from "./flight"
import { press } from "./forms"
import { startHostileApi, startSilentListener } from "./hostile-api"
import type { Answer } from "./http"
import { builtAssets, builtRoutes } from "./routes"
import { noteRequests } from "./sent-requests"
import { expect, test } from "./suite"
import { Visitor, verifierOf } from "./visitor"

function secretsOf(environment: Record<string, string>): Canary[] {
  const names = ["AUTH_SECRET", "AUTH_BITBUCKET_SECRET", "CRON_SECRET", "DATABASE_URL"]
  return names.map((name) => ({ name, value: environment[name] ?? "" }))
}

async function tokensOf(storedTokens: () => Promise<string[]>, database: Pool): Promise<Canary[]> {
  const { rows } = await database.query("select sealed_tokens, id_hash from connection join session on true")
  return [
    ...(await storedTokens()).map((value, index) => ({ name: `stored token ${index}`, value })),
    // Without its header, which every JWE of this kind has.
    { name: "sealed tokens", value: rows[0].sealed_tokens.split("..")[1] },
    { name: "hash of the session", value: rows[0].id_hash },
  ]
}

const wholeOf = ({ headers, setCookies, text }: Answer) =>
  [JSON.stringify(headers), ...setCookies, text].join("\n")

test("F1 no page, payload, response, header, script or style contains a token or a secret, in any encoding", async ({
  visitor,
  environment,
  storedTokens,
  database,
}) => {
  await visitor.signIn()
  const before = await tokensOf(storedTokens, database)
  await database.query("update connection set expires_at = now() - interval '1 second'")
  await visitor.send("/profile")
  const canaries = [...secretsOf(environment), ...before, ...(await tokensOf(storedTokens, database))]
  expect(new Set(canaries.map(({ value }) => value)).size).toBeGreaterThanOrEqual(10)

  const { pages, handlers } = builtRoutes()
  expect(pages).toContain("/profile")
  const found: string[] = []
  const look = (where: string, answer: Answer) =>
    found.push(...leaksIn(wholeOf(answer), canaries).map((name) => `${name} in ${where}`))
  for (const path of [...pages, ...handlers, "/nothing-here"])
    for (const headers of renderings)
      look(`${path} ${JSON.stringify(headers)}`, await askFor(visitor, path, { headers }))
  look("a renewal", await visitor.send("/api/token/refresh", { method: "POST" }))
  for (const path of builtAssets()) look(path, await visitor.send(path))
  expect(found).toEqual([])
})

test("F1 the search finds a secret in any disguise", () => {
  const value = "canary-Zm9vYmFy+/=_0123456789-abcdefghij"
  const canaries = [{ name: "canary", value }]
  const forms = [
    value,
    Buffer.from(`"token":"${value}"`).toString("base64"),
    Buffer.from(`xy${value}z`).toString("base64url"),
    Buffer.from(value).toString("hex"),
    encodeURIComponent(value),
    [...value].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
    [...value].map((character) => `&#${character.charCodeAt(0)};`).join(""),
    [...value].reverse().join(""),
    value.slice(0, 24),
    value.slice(-24),
  ]
  for (const form of forms) expect(leaksIn(`before ${form} after`, canaries), form).toEqual(["canary"])
  expect(leaksIn("canary-of-another-kind", canaries)).toEqual([])
})

test("F2 the session endpoint returns a name, a picture and an expiry", async ({ visitor }) => {
  expect(JSON.parse((await visitor.send("/api/auth/session")).text)).toBeNull()
  await visitor.signIn()
  const session = JSON.parse((await visitor.send("/api/auth/session")).text)
  expect(Object.keys(session).sort()).toEqual(["expires", "user"])
  expect(Object.keys(session.user).sort()).toEqual(["image", "name"])
})

test("F3 error pages reveal no stack trace, path, variable or value", async ({
  visitor,
  environment,
  emulator,
  database,
}) => {
  await visitor.signIn()
  const look = ({ text, headers }: Answer, where: string) => {
    expect(leaksIn(text + JSON.stringify(headers), secretsOf(environment)), where).toEqual([])
    expect(text, where).not.toMatch(
      /\bat .{1,120}:\d+:\d+|node_modules|\.next\/server|[A-Z]+_(URL|SECRET)\b|postgres:\/\//,
    )
    expect(text, where).not.toContain(process.cwd())
  }
  for (const path of [
    "/nothing",
    "/profile/nothing",
    "/api/nothing",
    "/_next/static/nothing.js",
    "/%ff",
    "/profile/%E0%A4%A",
  ])
    look(await visitor.send(path), path)
  for (const error of ["Configuration", "unknown", "misconfigured", "x".repeat(5_000)])
    look(await visitor.send(`/auth/error?error=${error}`), error)

  const faults: FaultInput[] = [
    { kind: "status", status: 500, body: `Traceback ${environment.AUTH_BITBUCKET_SECRET}` },
    { kind: "html", status: 200 },
    { kind: "malformed" },
  ]
  for (const fault of faults) {
    await emulator.control.addFault({ ...fault, match: { path: "/2.0/user" }, times: null })
    await readProfileAgo(database, "1 hour")
    look(await visitor.send("/profile"), fault.kind)
    await readProfileAgo(database, "1 hour")
    look(await visitor.send("/integrations/bitbucket"), fault.kind)
    await emulator.control.clearFaults()
  }
  await database.query("alter table session rename to session_away")
  const failures = await Promise.all(
    ["/profile", "/sessions", "/", "/api/auth/session", "/api/health"].map((path) => visitor.send(path)),
  ).finally(() => database.query("alter table session_away rename to session"))
  for (const [index, failure] of failures.entries()) look(failure, `without its table, ${index}`)
})

test("F4 the log at its most verbose contains no token, code, state, verifier, cookie or secret", async ({
  environment,
  emulator,
  database,
}) => {
  await using app = await startOwnApp({ ...environment, LOG_LEVEL: "debug" })
  await emulator.control.reset(seedFor(app.url))
  const visitor = new Visitor({ appUrl: app.url, emulator })
  const canaries: Canary[] = secretsOf(environment)
  const note = (name: string, value: string | null | undefined) =>
    canaries.push({ name, value: value ?? "no such thing: the test is wrong" })

  for (const fault of [null, crlfToken, htmlPage, hostileDescription]) {
    if (fault) await emulator.control.addFault(fault)
    const authorization = await visitor.start()
    const state = authorization.searchParams.get("state")
    note("state", state)
    note("verifier", await verifierOf(visitor, environment.AUTH_SECRET ?? ""))
    const callback = await visitor.consent(authorization)
    note("code", new URL(callback, app.url).searchParams.get("code"))
    await visitor.send(callback)
    await emulator.control.clearFaults()
  }
  for (const refresh of [null, serverError, deadGrant]) {
    if (refresh) await emulator.control.addFault(refresh)
    await visitor.signIn()
    await database.query("update connection set expires_at = now() - interval '1 second', retry_at = null")
    await visitor.send("/profile")
    await visitor.send("/api/token/refresh", { method: "POST" })
    for (const value of visitor.cookies.values()) note("cookie", value)
    for (const value of await storedSecretsOf(database, environment)) note("token", value)
    await emulator.control.clearFaults()
  }
  await visitor.signIn()
  await press(visitor, "/integrations/bitbucket", "Disconnect now")
  // The log comes through a pipe, possibly after the response.
  await expect.poll(app.log).toContain('"event":"disconnected"')
  expect(app.log()).toContain('"event":"sign_in_failed"')
  expect(leaksIn(app.log(), canaries)).toEqual([])
  expect(app.log()).not.toMatch(/demo@example\.com|Demo Person|canary-in-a-bad-token/)
})

test("F5 no browser storage that a script can read contains anything", async ({ page }) => {
  await signInByHand(page, "/profile")
  await page.goto("/integrations/bitbucket")
  const stores = await page.evaluate(async () => ({
    cookie: document.cookie,
    local: { ...localStorage },
    session: Object.keys(sessionStorage).filter((key) => !key.startsWith("__next")),
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    history: JSON.stringify(history.state),
  }))
  expect(stores).toMatchObject({ cookie: "", local: {}, session: [], databases: [], caches: [], workers: 0 })
  expect(stores.history).not.toMatch(/token|demo@example|code=|state=/)
})

test("F6 other hosts receive our origin as the referrer, or nothing", async ({
  page,
  context,
  bitbucket,
  appUrl,
}) => {
  const isElsewhere = ({ url }: { url: string }) => new URL(url).origin !== appUrl
  const sentToSignIn = noteRequests(context)
  await page.goto("/signin?next=%2Fprofile%3Fprivate%3Dquery")
  await page
    .getByRole("main")
    .getByRole("link", { name: /bitbucket/i })
    .first()
    .click()
  await bitbucket.signInAndAllow("demo")
  await page.waitForURL("**/profile?private=query")
  const told = (await sentToSignIn()).filter(isElsewhere).map(({ headers }) => headers.referer ?? "")
  expect(told.filter((referer) => referer.startsWith(appUrl) && referer !== `${appUrl}/`)).toEqual([])

  const sentFromProfile = noteRequests(context)
  await page.reload()
  const tab = context.waitForEvent("page")
  await page.getByRole("link", { name: "Open on Bitbucket" }).click()
  await (await tab).waitForLoadState()
  const sent = (await sentFromProfile()).filter(isElsewhere)
  expect(sent.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["image", "document"]))
  expect(sent.filter(({ headers }) => headers.referer)).toEqual([])
})

test("F7 no source, source map, dotfile or setting can be fetched", async ({ visitor, environment }) => {
  for (const path of [
    "/.env",
    "/.env.local",
    "/.env.production",
    "/.git/HEAD",
    "/.git/config",
    "/package.json",
    "/package-lock.json",
    "/auth.ts",
    "/next.config.ts",
    "/lib/env.ts",
    "/.next/BUILD_ID",
    "/.next/server/middleware.js",
    "/_next/server/middleware.js",
    "/_next/static/../server/middleware-manifest.json",
    "/_next/static/%2e%2e/server/middleware-manifest.json",
    "/_next/static/..%2f..%2fpackage.json",
    "/_next/static/..%5c..%5cpackage.json",
    "/static/../../package.json",
    "/node_modules/next/package.json",
    "/server.js",
    "/tsconfig.json",
    "/.DS_Store",
    "/.well-known/../.env",
    "/_next/static/chunks/main.js.map",
  ])
    expect((await visitor.send(path)).status, path).toBe(404)
  const assets = builtAssets()
  expect(assets.length).toBeGreaterThan(5)
  expect(assets.filter((path) => path.endsWith(".map"))).toEqual([])
  for (const path of assets.filter((asset) => /\.(js|css)$/.test(asset))) {
    const { text } = await visitor.send(path)
    expect(text, path).not.toContain("sourceMappingURL")
    expect(text, path).not.toMatch(/AUTH_(BITBUCKET_)?SECRET|DATABASE_URL|CRON_SECRET/)
    expect(leaksIn(text, secretsOf(environment)), path).toEqual([])
  }
  expect(Object.keys(environment).filter((name) => name.startsWith("NEXT_PUBLIC_"))).toEqual([])
  expect(readdirSync(".").filter((name) => name.startsWith(".env") && name !== ".env.example")).toEqual([])
})

test("F8 a token goes to Bitbucket's API in a header: not along a redirect, nor to the next page of a list elsewhere", async ({
  environment,
  emulator,
  database,
}) => {
  await using elsewhere = await startSilentListener()
  await using api = await startHostileApi(emulator.apiUrl)
  await using app = await startOwnApp({ ...environment, BITBUCKET_API_URL: api.url })
  await emulator.control.reset(seedFor(app.url))
  const visitor = new Visitor({ appUrl: app.url, emulator })
  await visitor.signIn()
  for (const status of [301, 302, 303, 307, 308]) {
    api.misbehave("/2.0/user", (_, response) =>
      response.writeHead(status, { location: `${elsewhere.url}/2.0/user` }).end(),
    )
    await readProfileAgo(database, "1 hour")
    const asked = api.asked()
    expect((await visitor.send("/profile")).status).toBe(200)
    expect(api.asked()).toBeGreaterThan(asked)
  }
  api.behave()
  await readProfileAgo(database, "1 hour")
  api.misbehave("/2.0/user/emails", (_, response) =>
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ values: [], next: `${elsewhere.url}/2.0/user/emails?page=2` })),
  )
  expect((await visitor.send("/profile")).status).toBe(200)
  expect(elsewhere.heard).toEqual([])

  const requests = await emulator.control.listRequests()
  const toTheApi = requests.filter(({ origin }) => origin === "api")
  expect(toTheApi.length).toBeGreaterThan(0)
  for (const { authorization, query, form } of toTheApi) {
    expect(authorization).toMatch(/^Bearer/)
    expect(Object.keys(query).filter((name) => name !== "pagelen")).toEqual([])
    expect(form).toEqual({})
  }
  expect(
    requests.filter(({ origin, authorization }) => origin === "site" && authorization?.startsWith("Bearer")),
  ).toEqual([])
})

test("F9 after signing out, going back shows nothing private", async ({ page }) => {
  await signInFrom(page, "/profile")
  await page.getByRole("link", { name: "Sessions" }).click()
  await page.waitForURL("**/sessions")
  await expect(page.getByText("This browser")).toBeVisible()
  await page.getByRole("button", { name: "Sign out" }).first().click()
  await page.waitForURL((url) => url.pathname === "/")
  for (let step = 0; step < 2; step++) {
    await page.goBack()
    await expect(page.getByRole("main")).toBeVisible()
    await expect(page).toHaveURL(/\/signin\?next=/)
    await expect(page.getByText(/Demo Person|demo@example|This browser/)).toHaveCount(0)
  }
})

const json = { "content-type": "application/json" }
const tokenAnswer = (body: object): FaultInput => ({
  match: { path: "/site/oauth2/access_token" },
  kind: "status",
  status: 200,
  headers: json,
  body: JSON.stringify(body),
})
const crlfToken = tokenAnswer({
  access_token: "canary-in-a-bad-token\r\nX-Injected: 1",
  token_type: "bearer",
  expires_in: 7200,
})
const htmlPage: FaultInput = { match: { path: "/2.0/user" }, kind: "html", status: 200 }
const hostileDescription: FaultInput = {
  ...tokenAnswer({ error: "invalid_grant", error_description: "<script>canary-in-a-bad-token</script>" }),
  status: 400,
}
const serverError: FaultInput = { match: { grant_type: "refresh_token" }, kind: "status", status: 503 }
const deadGrant: FaultInput = {
  match: { grant_type: "refresh_token" },
  kind: "status",
  status: 400,
  headers: json,
  body: '{"error": "invalid_grant", "error_description": "Invalid refresh_token"}',
}

async function storedSecretsOf(database: Pool, environment: Record<string, string>): Promise<string[]> {
  const { rows } = await database.query("select sealed_tokens, account_uuid from connection")
  const opened = rows.map((row) =>
    unsealTokens(row.sealed_tokens, row.account_uuid, [environment.AUTH_SECRET ?? ""]),
  )
  return (await Promise.all(opened)).flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken])
}

test("F10 the record of what a token was used for contains no token and no address, and only its person sees it", async ({
  visitor,
  stranger,
  database,
  environment,
  storedTokens,
}) => {
  await visitor.signIn()
  for (const path of ["/integrations/bitbucket", "/workspaces", "/workspaces"])
    expect((await visitor.send(path)).status).toBe(200)
  // Only those of the connected account: the server may still write what it counted for others in the test before.
  const read = async () =>
    (
      await database.query(
        "select token_use.* from token_use join connection using (account_uuid) order by token_use.purpose",
      )
    ).rows
  await expect
    .poll(async () => (await read()).map(({ purpose }) => purpose))
    .toEqual(expect.arrayContaining(["page:connection", "page:workspaces"]))
  const rows = await read()
  expect(Object.keys(rows[0]).sort()).toEqual(["account_uuid", "count", "hour", "last_at", "purpose"])
  const canaries = [...secretsOf(environment), ...(await tokensOf(storedTokens, database))]
  expect(leaksIn(JSON.stringify(rows), canaries)).toEqual([])
  expect(JSON.stringify(rows)).not.toMatch(/@|127\.0\.0\.1|::1|https?:|\?/)
  await stranger.signIn("zoe")
  expect((await visitor.send("/activity")).text).toContain("your workspaces and repositories")
  expect((await stranger.send("/activity")).text).not.toContain("your workspaces and repositories")
})
