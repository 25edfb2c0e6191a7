import { afterEach, describe, expect, test } from "vitest"
import { type Emulator, type EmulatorOptions, startEmulator } from "../index.ts"
import { startNginx } from "./nginx.ts"
import { callApi, obtainTokens } from "./oauth-client.ts"
import { obtainOAuth1Credentials, sendSigned } from "./oauth1-client.ts"

const opened: { close: () => Promise<void> }[] = []

afterEach(async () => {
  for (const { close } of opened.splice(0).reverse()) await close()
})

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ port: 0, config: { oauth1: "on" }, ...options })
  opened.push(emulator)
  return emulator
}

/** The emulator as its clients behind nginx see it. */
async function behindNginx(emulator: Emulator, bound: { siteUrl: string; apiUrl: string }, directives = "") {
  const nginx = await startNginx([bound.siteUrl, bound.apiUrl], directives)
  opened.push({ close: nginx.stop })
  const [siteUrl = "", apiUrl = ""] = nginx.origins
  return { ...emulator, siteUrl, apiUrl }
}

const repositoriesClient = { key: "emulatorReposKey12", secret: "emulatorReposSecret1234567890123" }
const FORWARDED = "proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $http_host;"

interface Page {
  readonly next: string
  readonly values: { links: Record<string, { href: string }> }[]
}

async function listRepositories(emulator: Emulator): Promise<Page> {
  const { accessToken } = await obtainTokens(emulator, { client: repositoriesClient })
  const response = await callApi(emulator, "/2.0/repositories/demo?pagelen=1", accessToken)
  return (await response.json()) as Page
}

describe("behind nginx with forwarding headers", () => {
  test("links of the API, including its pages, begin with nginx's address", async () => {
    const emulator = await start({ trustProxy: true })
    const proxied = await behindNginx(emulator, emulator, FORWARDED)
    const { next, values } = await listRepositories(proxied)
    expect(new URL(next).origin).toBe(proxied.apiUrl)
    expect(values[0]?.links.self?.href).toMatch(`${proxied.apiUrl}/2.0/`)
  })

  test("an OAuth 1.0a signature covers nginx's address", async () => {
    const emulator = await start({ trustProxy: true })
    const proxied = await behindNginx(emulator, emulator, FORWARDED)
    const credentials = await obtainOAuth1Credentials(proxied)
    const answer = await sendSigned(`${proxied.apiUrl}/2.0/user`, { method: "GET", credentials })
    expect(answer.status).toBe(200)
  })

  test("an emulator that does not trust it uses the listeners' own addresses", async () => {
    const emulator = await start()
    const proxied = await behindNginx(emulator, emulator, FORWARDED)
    const { next } = await listRepositories(proxied)
    expect(new URL(next).origin).toBe(emulator.apiUrl)
    await expect(obtainOAuth1Credentials(proxied)).rejects.toThrow()
  })

  test("the control API cannot be reached through it", async () => {
    const emulator = await start({ trustProxy: true })
    const proxied = await behindNginx(emulator, emulator, FORWARDED)
    const headers = { "X-Emulator-Control": "1" }
    expect((await fetch(`${proxied.siteUrl}/_control/clock`, { headers })).status).toBe(403)
    expect((await fetch(`${emulator.siteUrl}/_control/clock`, { headers })).status).toBe(200)
  })
})

test.each([
  [{ "X-Forwarded-Host": "api.example.test" }, "http://api.example.test"],
  [{ "X-Forwarded-Host": "api.example.test", "X-Forwarded-Proto": "https" }, "https://api.example.test"],
  [
    { "X-Forwarded-Host": "api.example.test, inner", "X-Forwarded-Proto": "https,http" },
    "https://api.example.test",
  ],
  [
    { "X-Forwarded-Host": "api.example.test", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "8443" },
    "https://api.example.test:8443",
  ],
  [
    { "X-Forwarded-Host": "api.example.test", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "443" },
    "https://api.example.test",
  ],
  [{ "X-Forwarded-Host": "a b", "X-Forwarded-Proto": "javascript" }, null],
])("the forwarding headers %j lead to links below %s", async (forwarding, origin) => {
  const emulator = await start({ trustProxy: true })
  const { accessToken } = await obtainTokens(emulator)
  const headers = { Authorization: `Bearer ${accessToken}`, ...forwarding }
  const user = (await (await fetch(`${emulator.apiUrl}/2.0/user`, { headers })).json()) as Page["values"][0]
  expect(new URL(user.links.self?.href ?? "").origin).toBe(origin ?? emulator.apiUrl)
})

test("links and signatures use the configured public addresses, behind an nginx without forwarding headers", async () => {
  const hidden = await start()
  const { origins, stop } = await startNginx([hidden.siteUrl, hidden.apiUrl])
  opened.push({ close: stop })
  const [publicSiteUrl, publicApiUrl] = origins
  const ports = { sitePort: portOf(hidden.siteUrl), apiPort: portOf(hidden.apiUrl) }
  await hidden.close()
  const emulator = await start({ ...ports, publicSiteUrl, publicApiUrl })
  expect([emulator.siteUrl, emulator.apiUrl]).toEqual(origins)
  const { next, values } = await listRepositories(emulator)
  expect(new URL(next).origin).toBe(publicApiUrl)
  expect(values[0]?.links.html?.href).toMatch(`${publicSiteUrl}/`)
  const credentials = await obtainOAuth1Credentials(emulator)
  const answer = await sendSigned(`${emulator.apiUrl}/2.0/user`, { method: "GET", credentials })
  expect(answer.status).toBe(200)
  expect((await emulator.control.health()).site_url).toBe(publicSiteUrl)
})

test("below a base path that nginx takes off, pages, redirects, cookies, links and signatures keep to it", async () => {
  const hidden = await start()
  const targets = [`${hidden.siteUrl}/`, `${hidden.apiUrl}/`]
  const { origins, stop } = await startNginx(targets, "", "/bitbucket/")
  opened.push({ close: stop })
  const [publicSiteUrl, publicApiUrl] = origins.map((origin) => `${origin}/bitbucket`)
  const ports = { sitePort: portOf(hidden.siteUrl), apiPort: portOf(hidden.apiUrl) }
  await hidden.close()
  const emulator = await start({ ...ports, publicSiteUrl, publicApiUrl })
  const read = (path: string) => fetch(`${publicSiteUrl}${path}`, { redirect: "manual" })
  const page = await read("/account/signin/")
  const addresses = [...(await page.text()).matchAll(/ (?:href|action|src)="(\/[^"]*)"/g)].map(
    ([, path]) => path,
  )
  expect(addresses.length).toBeGreaterThan(2)
  for (const address of addresses) expect(address).toMatch(/^\/bitbucket\//)
  expect(page.headers.getSetCookie().join()).toContain("; Path=/bitbucket;")
  const moved = await read("/site/oauth2/authorize?client_id=emulatorClientKey1&response_type=code")
  expect(moved.headers.get("Location")).toMatch(/^\/bitbucket\/account\/signin\/\?next=%2Fsite%2Foauth2/)
  const { next, values } = await listRepositories(emulator)
  expect(next).toMatch(`${publicApiUrl}/2.0/`)
  expect(values[0]?.links.html?.href).toMatch(`${publicSiteUrl}/`)
  const credentials = await obtainOAuth1Credentials(emulator)
  const answer = await sendSigned(`${emulator.apiUrl}/2.0/user`, { method: "GET", credentials })
  expect(answer.status).toBe(200)
})

describe("listening on every address", () => {
  test("links lead to the host that the client named, each to its origin's port", async () => {
    const emulator = await start({ host: "0.0.0.0" })
    const named = (url: string) => url.replace("127.0.0.1", "127.0.0.2")
    const reached = { ...emulator, siteUrl: named(emulator.siteUrl), apiUrl: named(emulator.apiUrl) }
    const { next, values } = await listRepositories(reached)
    expect(new URL(next).origin).toBe(reached.apiUrl)
    expect(values[0]?.links.html?.href).toMatch(`${reached.siteUrl}/`)
  })

  test("the control API refuses every caller without the token, however near, and accepts every caller with it", async () => {
    const emulator = await start({ host: "0.0.0.0" })
    const { controlToken, localUrl } = emulator
    const statusWith = async (headers: Record<string, string>, path = "clock") =>
      (await fetch(`${localUrl}/_control/${path}`, { headers })).status
    expect(controlToken).toMatch(/^[\w-]{32}$/)
    const basic = (password: string) => `Basic ${Buffer.from(`any:${password}`).toString("base64")}`
    expect(await statusWith({})).toBe(401)
    expect(await statusWith({ "X-Emulator-Control": "1" })).toBe(401)
    expect(await statusWith({ "X-Emulator-Control": `${controlToken}x` })).toBe(401)
    expect(await statusWith({ "X-Emulator-Control": controlToken ?? "" })).toBe(200)
    expect((await emulator.control.readClock()).frozen).toBe(false)
    // A browser may open the live page with a password, and controls nothing with it.
    expect(await statusWith({}, "")).toBe(401)
    expect(await statusWith({ Authorization: basic("wrong") }, "")).toBe(401)
    expect(await statusWith({ Authorization: basic(controlToken ?? "") }, "")).toBe(200)
    expect(await statusWith({ Authorization: basic(controlToken ?? "") })).toBe(403)
    expect(await statusWith({}, "health")).toBe(200)
  })

  test("two emulators draw two tokens, even if everything else is the same on every run", async () => {
    const { seededBytes } = await import("../randomness.ts")
    const one = await start({ host: "0.0.0.0", randomBytes: seededBytes("same") })
    const other = await start({ host: "0.0.0.0", randomBytes: seededBytes("same") })
    expect(one.controlToken).not.toBe(other.controlToken)
  })
})

function portOf(url: string): number {
  return Number(new URL(url).port)
}
