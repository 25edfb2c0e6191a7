import { execFileSync } from "node:child_process"
import { X509Certificate } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http"
import { request } from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { Clock } from "../clock.ts"
import { AuthorityError, type Emulator, startEmulator } from "../index.ts"
import { Randomness } from "../randomness.ts"
import { openAuthority } from "../tls/certificate-authority.ts"
import { obtainTokens } from "./oauth-client.ts"

let folder = ""
const running: Emulator[] = []

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "emulator-tls-")), "authority")
})
afterEach(async () => {
  for (const emulator of running.splice(0)) await emulator.close()
  rmSync(join(folder, ".."), { recursive: true })
})

async function start(): Promise<Emulator & { tls: NonNullable<Emulator["tls"]> }> {
  const emulator = await startEmulator({ port: 0, tls: { port: 0, folder } })
  running.push(emulator)
  if (emulator.tls === null) throw new Error("No TLS")
  return { ...emulator, tls: emulator.tls }
}

interface Reply {
  readonly status: number | undefined
  readonly text: string
}

/** A request by name, from a client that resolves every name to this machine. */
function get(url: string, caFile: string, headers: OutgoingHttpHeaders = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const lookup = (_name: string, _options: unknown, found: (error: null, addresses: object[]) => void) =>
      found(null, [{ address: "127.0.0.1", family: 4 }])
    const options = { ca: readFileSync(caFile), headers, agent: false, lookup: lookup as never }
    const read = (response: IncomingMessage) => {
      let text = ""
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk
      })
      response.on("end", () => resolve({ status: response.statusCode, text })).on("error", reject)
    }
    request(url, options, read).on("error", reject).end()
  })
}

test("one port serves bitbucket.org and api.bitbucket.org, distinguished by name", async () => {
  const { tls } = await start()
  expect(new URL(tls.siteUrl).hostname).toBe("bitbucket.org")
  expect(new URL(tls.apiUrl).hostname).toBe("api.bitbucket.org")
  expect(new URL(tls.siteUrl).port).toBe(new URL(tls.apiUrl).port)
  const page = await get(`${tls.siteUrl}/account/signin/`, tls.caFile)
  expect([page.status, page.text]).toEqual([
    200,
    expect.stringContaining("Sign in to the emulated Bitbucket"),
  ])
  const unauthorized = await get(`${tls.apiUrl}/2.0/user`, tls.caFile)
  expect([unauthorized.status, JSON.parse(unauthorized.text).type]).toEqual([401, "error"])
})

test("links in responses over TLS use TLS, and others stay plain", async () => {
  const emulator = await start()
  const { tls } = emulator
  const { accessToken } = await obtainTokens(emulator)
  const headers = { Authorization: `Bearer ${accessToken}` }
  const linksOf = (text: string) => JSON.parse(text).links as Record<string, { href: string }>
  const secure = linksOf((await get(`${tls.apiUrl}/2.0/user`, tls.caFile, headers)).text)
  expect(secure.self?.href).toMatch(`${tls.apiUrl}/2.0/users/`)
  expect(secure.html?.href).toMatch(`${tls.siteUrl}/`)
  const plain = linksOf(await (await fetch(`${emulator.apiUrl}/2.0/user`, { headers })).text())
  expect(plain.self?.href).toMatch(`${emulator.apiUrl}/2.0/users/`)
  // A container's port 8443 that is 443 outside: the client knows only the name.
  const mapped = { ...headers, Host: "api.bitbucket.org" }
  const outside = linksOf((await get(`${tls.apiUrl}/2.0/user`, tls.caFile, mapped)).text)
  expect(outside.self?.href).toMatch("https://api.bitbucket.org/2.0/users/")
})

test("the control API is not served under Bitbucket's names", async () => {
  const { tls } = await start()
  expect((await get(`${tls.siteUrl}/_control/clock`, tls.caFile, { "X-Emulator-Control": "1" })).status).toBe(
    403,
  )
})

test.each(["reset", "empty", "drop_response", "truncate"] as const)(
  "the fault %s breaks a connection with TLS too",
  async (kind) => {
    const { tls, control } = await start()
    await control.addFault({ kind })
    const broken = get(`${tls.siteUrl}/account/signin/`, tls.caFile)
    await expect(broken).rejects.toMatchObject({ code: "ECONNRESET" })
    expect((await get(`${tls.siteUrl}/account/signin/`, tls.caFile)).status).toBe(200)
  },
)

test("the authority is created once, only its owner can read its key, and its earlier certificates stay trusted", async () => {
  const first = await start()
  const certificate = readFileSync(first.tls.caFile, "utf8")
  expect(readdirSync(folder).sort()).toEqual(["ca-key.pem", "ca.pem"])
  expect(statSync(join(folder, "ca-key.pem")).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  const second = await start()
  expect(readFileSync(second.tls.caFile, "utf8")).toBe(certificate)
  expect(readdirSync(join(folder, ".."))).toEqual(["authority"])
  expect((await get(`${second.tls.siteUrl}/`, first.tls.caFile)).status).toBe(200)
})

test("two emulators that start together agree on one authority", async () => {
  const [one, other] = await Promise.all([start(), start()])
  expect((await get(`${one.tls.siteUrl}/`, other.tls.caFile)).status).toBe(200)
  expect((await get(`${other.tls.siteUrl}/`, one.tls.caFile)).status).toBe(200)
})

test("a folder without an authority in it is named and left as it is", async () => {
  const parent = join(folder, "..")
  writeFileSync(join(parent, "ca.pem"), "mine")
  const attempt = startEmulator({ port: 0, tls: { port: 0, folder: parent } })
  await expect(attempt).rejects.toThrow(AuthorityError)
  await expect(attempt).rejects.toThrow(parent)
  expect(readFileSync(join(parent, "ca.pem"), "utf8")).toBe("mine")
})

test("OpenSSL accepts the certificate, and refuses what the authority issues for any other site", async () => {
  const tools = { clock: new Clock(), randomness: new Randomness() }
  const authority = await openAuthority(folder, "bitbucket.org", tools)
  const verify = (names: string[], ...options: string[]) => {
    const { cert } = authority.issue(names)
    const file = join(folder, `${names[0]}.pem`)
    writeFileSync(file, cert)
    try {
      const asked = ["verify", "-x509_strict", "-CAfile", authority.certificateFile, ...options, file]
      return execFileSync("openssl", asked, { encoding: "utf8", stdio: "pipe" })
    } catch (error) {
      return (error as { stderr: string }).stderr
    }
  }
  const names = ["bitbucket.org", "api.bitbucket.org"]
  for (const name of names) expect(verify(names, "-verify_hostname", name)).toMatch(/: OK\n$/)
  expect(verify(["example.org"])).toContain("permitted subtree violation")
  expect(verify(["bitbucket.org.example.org"])).toContain("permitted subtree violation")
  const { validTo, ca } = new X509Certificate(authority.issue(names).cert)
  expect(ca).toBe(false)
  expect(Date.parse(validTo) - new Clock().wallNow()).toBeLessThan(398 * 24 * 3_600_000)
})
