import { readFileSync } from "node:fs"
import { request } from "node:http"
import { expect, test } from "vitest"
import { Browser } from "./browser.ts"
import { authorizationRequest, authorizePath, callApi, obtainTokens } from "./oauth-client.ts"
import { obtainOAuth1Credentials, sendSigned } from "./oauth1-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

function open(path = "", headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${emulator.current.siteUrl}/_control/${path}`, { headers })
}

interface Har {
  readonly log: {
    readonly creator: { readonly version: string }
    readonly entries: readonly { readonly request: { readonly url: string; readonly method: string } }[]
  }
}

test("before the first sign-in, the page says so", async () => {
  expect(await (await open()).text()).toContain("No one has signed in yet")
})

test("with or without its slash it opens in a browser, which sends no header of ours", async () => {
  for (const path of ["/_control", "/_control/"]) {
    expect((await fetch(`${emulator.current.siteUrl}${path}`)).status).toBe(200)
  }
})

test("it shows every hop of the sign-in in order, with status, time and target", async () => {
  await obtainTokens(emulator.current)
  const page = await (await open()).text()
  const hops = [...page.matchAll(/<h2><span class="muted">(\d+)\.<\/span> (\w+) <code>([^<]+)/g)]
  expect(hops.map(([, number, method, path]) => [number, method, path])).toEqual([
    ["1", "GET", "/account/signin/"],
    ["2", "POST", "/account/signin/"],
    ["3", "POST", "/site/oauth2/authorize"],
    ["4", "POST", "/site/oauth2/access_token"],
  ])
  expect(page).toMatch(/answered in [\d.]+ ms/)
  expect(page).toContain("Leads to <code>http://localhost:3000/?code=[18 characters, #")
})

test("the next authorization request begins a new trace, the return from signing in does not", async () => {
  const browser = new Browser(emulator.current)
  const first = authorizePath(authorizationRequest({ state: "the-state-of-the-first-sign-in" }))
  await browser.get(first)
  await browser.signIn("demo")
  await browser.get(first)
  await browser.decide("approve", authorizationRequest({ state: "the-state-of-the-first-sign-in" }))
  expect((await readHar()).log.entries).toHaveLength(5)
  await browser.get(authorizePath(authorizationRequest({ state: "the-state-of-the-second-sign-in" })))
  expect((await readHar()).log.entries).toHaveLength(1)
})

test("a fault and a refusal are labelled as such", async () => {
  await emulator.current.control.addFault({ kind: "drop_response", match: { origin: "api" } })
  await callApi(emulator.current, "/2.0/user", "never-issued").catch(() => {})
  expect(await (await open()).text()).toContain("401 (fault: drop_response)")
})

test("neither page, Markdown nor HAR contains a code, token, secret, password, cookie or state", async () => {
  const browser = new Browser(emulator.current)
  await browser.signIn("zoe", "not-the-password-of-zoe")
  await browser.signIn("zoe")
  await browser.decide("approve", authorizationRequest())
  const { accessToken, refreshToken } = await obtainTokens(emulator.current)
  await callApi(emulator.current, "/2.0/user", accessToken)
  await callApi(emulator.current, `/2.0/user?access_token=${accessToken}`, accessToken)
  const secrets = [
    accessToken,
    refreshToken,
    "not-the-password-of-zoe",
    "the-state-of-this-test",
    browser.cookie("bb_session") ?? "missing",
    browser.cookie("csrftoken") ?? "missing",
    "emulatorClientSecret123456789012",
  ]
  const hops = JSON.stringify(await emulator.current.control.listHops())
  for (const text of [hops, ...(await Promise.all(["", "trace.md", "trace.har"].map(readText)))]) {
    for (const secret of secrets) expect(text.includes(secret)).toBe(false)
  }
})

test("nor does it contain anything from OAuth 1.0a that would sign a request", async () => {
  await emulator.current.control.changeConfig({ oauth1: "on" })
  const { token, secret } = await obtainOAuth1Credentials(emulator.current)
  await sendSigned(`${emulator.current.apiUrl}/2.0/user`, {
    method: "GET",
    place: "query",
    credentials: { token, secret },
  })
  const hops = JSON.stringify(await emulator.current.control.listHops())
  expect(hops).toContain("/api/1.0/oauth/access_token")
  expect(hops).not.toContain(token)
  expect(hops).not.toContain(secret)
  expect(hops).not.toMatch(/oauth_verifier=\d|oauth_signature="?[A-Za-z0-9%]/)
})

test("the HAR contains its creator's version and every request", async () => {
  await obtainTokens(emulator.current)
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
  const { log } = await readHar()
  expect(log.creator.version).toBe(version)
  for (const { request } of log.entries) expect(URL.canParse(request.url)).toBe(true)
  expect((await open("trace.har")).headers.get("Content-Disposition")).toContain(".har")
})

test("the Markdown has a table and a section per hop", async () => {
  await obtainTokens(emulator.current)
  const markdown = await readText("trace.md")
  expect(markdown).toContain("# OAuth trace: 4 hops")
  expect(markdown.match(/^## \d/gm)).toHaveLength(4)
  expect(markdown).toContain("grant_type=authorization_code")
})

test("no other site may read it, frame it or run anything in it", async () => {
  const page = await open()
  expect(page.headers.get("Access-Control-Allow-Origin")).toBeNull()
  expect(page.headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'")
  expect(page.headers.get("Content-Security-Policy")).toMatch(/script-src 'sha256-[^']+';/)
  expect(page.headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin")
  for (const path of ["trace.md", "trace.har"]) {
    expect((await open(path, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403)
  }
})

test("under another hostname it is refused, so that DNS rebinding gains nothing", async () => {
  const headers = { Host: "evil.example" }
  const status = await new Promise((resolve, reject) => {
    request(`${emulator.current.siteUrl}/_control/`, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on("error", reject)
      .end()
  })
  expect(status).toBe(403)
})

test("everything else below it still requires the header", async () => {
  for (const path of ["requests", "hops", "config", "clock"]) {
    expect((await open(path)).status).toBe(403)
  }
})

test("old entries keep their row and lose their detail, so a long run does not fill the memory", async () => {
  for (let count = 0; count < 510; count += 1) await fetch(`${emulator.current.apiUrl}/2.0/user`)
  const hops = await emulator.current.control.listHops()
  expect(hops).toHaveLength(510)
  expect(hops[0]?.responseBody).toBeNull()
  expect(hops.at(-1)?.responseBody).not.toBeNull()
})

function readText(path: string): Promise<string> {
  return open(path).then((response) => response.text())
}

async function readHar(): Promise<Har> {
  return (await (await open("trace.har")).json()) as Har
}
