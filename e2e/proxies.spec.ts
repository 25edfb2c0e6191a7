import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { type ClientHttp2Session, connect as connectHttp2, type OutgoingHttpHeaders } from "node:http2"
import { request } from "node:https"
import { tmpdir } from "node:os"
import path from "node:path"
import { createGunzip } from "node:zlib"
import type { Emulator } from "bitbucket-emulator"
import { freePort, type ServerProcess } from "../scripts/server-process"
import { startApp } from "./app-server"
import { startApache, startCaddy } from "./deploy/documented-fronts"
import { startNginx } from "./deploy/nginx"
import { expect, test } from "./fixtures"
import { signInByHand } from "./person"
import { useEveryForm, withScript } from "./security/every-form"
import { send } from "./security/http"
import { Visitor } from "./security/visitor"
import { seedFor } from "./seeds"

type Ports = { https: number; http: number; app: number }

const fronts: Record<string, (folder: string, ports: Ports) => Promise<ServerProcess>> = {
  nginx: (folder, { app, ...ports }) => startNginx(folder, { ...ports, servers: [app, app] }),
  Apache: startApache,
  Caddy: startCaddy,
}

/** One server of the app behind a real web server. */
async function startBehind(name: string, environment: Record<string, string>, emulator: Emulator) {
  const folder = await mkdtemp(path.join(tmpdir(), "front-"))
  const ports = { https: await freePort(), http: await freePort(), app: await freePort() }
  const origin = `https://localhost:${ports.https}`
  const settings = { ...environment, AUTH_URL: origin, PORT: String(ports.app), TRUSTED_PROXIES: "1" }
  const app = await startApp(settings, `http://127.0.0.1:${ports.app}`)
  const front = await fronts[name]?.(folder, ports)
  if (!front) throw new Error(`There is no ${name}`)
  await expect.poll(() => statusOf(origin), { message: front.output() }).toBe(200)
  await emulator.control.reset(seedFor(origin))
  return {
    origin,
    ports,
    stopApp: app.stop,
    /** Everything that the web server has written, in any file. */
    async written(): Promise<string> {
      const files = await readdir(folder, { recursive: true, withFileTypes: true })
      const logs = files.filter((file) => file.isFile() && file.name.endsWith(".log"))
      const texts = logs.map((file) => readFile(path.join(file.parentPath, file.name), "utf8"))
      return [front.output(), ...(await Promise.all(texts))].join("\n")
    },
    async [Symbol.asyncDispose]() {
      await front.stop()
      await app.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const statusOf = (origin: string) =>
  send(origin, "/api/health").then(
    ({ status }) => status,
    () => 0,
  )

for (const name of Object.keys(fronts))
  test(`behind ${name} people sign in, all seven forms work, and no log contains a code or a state, even when no server answers`, async ({
    environment,
    emulator,
    database,
  }) => {
    await using site = await startBehind(name, environment, emulator)
    const { origin } = site
    const newVisitor = () => new Visitor({ appUrl: origin, emulator })
    await useEveryForm(newVisitor, { database, emulator, origin, sendForm: withScript })
    const visitor = newVisitor()
    expect((await visitor.start()).searchParams.get("redirect_uri")).toBe(
      `${origin}/api/auth/callback/bitbucket`,
    )

    const callback = await visitor.consent(await visitor.start())
    await site.stopApp()
    const lost = await visitor.send(callback, { headers: { referer: `${site.origin}/profile` } })
    expect(lost.status).toBeGreaterThanOrEqual(502)
    // The web server does log the callback; otherwise the test would see nothing.
    await expect.poll(site.written).toContain("/api/auth/callback/bitbucket")
    const { searchParams } = new URL(callback, site.origin)
    const written = await site.written()
    for (const parameter of ["code", "state"]) {
      const value = searchParams.get(parameter) ?? ""
      expect(value.length, parameter).toBeGreaterThan(8)
      expect(written).not.toContain(value)
      expect(written).not.toContain(encodeURIComponent(value))
    }
  })

test("through nginx a browser signs in, changes something and signs out", async ({
  browser,
  environment,
  emulator,
}) => {
  await using site = await startBehind("nginx", environment, emulator)
  const context = await browser.newContext({ baseURL: site.origin, ignoreHTTPSErrors: true })
  const page = await context.newPage()
  await signInByHand(page, "/profile")
  await page.getByRole("button", { name: "dark" }).click()
  await expect(page.getByRole("button", { name: "dark" })).toHaveAttribute("aria-pressed", "true")
  await page.getByRole("button", { name: "Sign out" }).click()
  await expect(page).toHaveURL(`${site.origin}/`)
  await context.close()
})

test("nginx answers only for the app's hostname, and redirects plain http to it", async ({
  environment,
  emulator,
}) => {
  await using site = await startBehind("nginx", environment, emulator)
  const plain = `http://localhost:${site.ports.http}`
  const ask = (origin: string, host: string) =>
    send(origin, "/profile?a=b", { headers: { host } }).then(
      ({ status, headers }) => [status, headers.location],
      () => ["refused"],
    )
  expect(await ask(plain, "localhost")).toEqual([308, "https://localhost/profile?a=b"])
  const session = connectHttp2(site.origin, { rejectUnauthorized: false })
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1", "app.example.com"]) {
    expect(await ask(plain, host), host).toEqual([421, undefined])
    // If the handshake names the host too, it ends there: there is no certificate for it.
    expect(["refused", 421], host).toContain((await ask(site.origin, host))[0])
    expect(await statusOver(session, { ":path": "/profile", ":authority": host }), host).toBe(421)
  }
  session.destroy()
})

test("nginx speaks HTTP/2, compresses pages as they stream, and does not compress a response with a CSRF token", async ({
  environment,
  emulator,
}) => {
  await using site = await startBehind("nginx", environment, emulator)
  const session = connectHttp2(site.origin, { rejectUnauthorized: false })
  expect(await statusOver(session, { ":path": "/" })).toBe(200)
  expect(session.alpnProtocol).toBe("h2")
  session.destroy()

  const gzip = { "accept-encoding": "gzip" }
  const visitor = new Visitor({ appUrl: site.origin, emulator })
  await visitor.signIn()
  const { headers } = await visitor.send("/api/auth/csrf", { headers: gzip })
  expect(headers["content-encoding"]).toBeUndefined()

  await emulator.control.addFault({ match: { path: "/2.0/user" }, kind: "delay", delay_ms: 3_000 })
  const cookie = [...visitor.cookies].map((pair) => pair.join("=")).join("; ")
  const page = await readInParts(`${site.origin}/integrations/bitbucket`, { ...gzip, cookie })
  expect([page.status, page.encoding]).toEqual([200, "gzip"])
  expect(page.firstPart).toContain("<h1")
  expect(page.text).toContain("Renew access now")
  expect(page.endedAfterMs - page.firstPartAfterMs, "the first part did not wait").toBeGreaterThan(1_000)
})

function statusOver(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    session.once("error", reject)
    const stream = session.request(headers)
    stream.once("error", reject)
    stream.once("response", (answer) => {
      stream.close()
      resolve(answer[":status"])
    })
  })
}

/** Reads a compressed page as it arrives. */
function readInParts(url: string, headers: Record<string, string>) {
  const startedAt = performance.now()
  return new Promise<{
    status: number | undefined
    encoding: string | undefined
    firstPart: string
    firstPartAfterMs: number
    endedAfterMs: number
    text: string
  }>((resolve, reject) => {
    request(url, { headers, rejectUnauthorized: false }, (response) => {
      let text = ""
      let first: { text: string; afterMs: number } | undefined
      const unzipped = response.pipe(createGunzip())
      unzipped.on("error", reject)
      unzipped.on("data", (chunk: Buffer) => {
        text += chunk.toString("utf8")
        if (!first && text.includes("<h1")) first = { text, afterMs: performance.now() - startedAt }
      })
      unzipped.on("end", () =>
        resolve({
          status: response.statusCode,
          encoding: response.headers["content-encoding"],
          firstPart: first?.text ?? "",
          firstPartAfterMs: first?.afterMs ?? Number.POSITIVE_INFINITY,
          endedAfterMs: performance.now() - startedAt,
          text,
        }),
      )
    })
      .on("error", reject)
      .end()
  })
}
