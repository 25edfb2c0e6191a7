import { spawnSync } from "node:child_process"
import { createHash, randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { parseEnvironment } from "../../lib/env"
import { cookieSecret } from "../../lib/env/schema"
import { freePort, startServer } from "../../scripts/server-process"
import { startOwnApp } from "../own-app"
import { seedFor } from "../seeds"
import { leaksIn } from "./canaries"
import { readForm, sendForm } from "./forms"
import { builtAssets } from "./routes"
import { expect, test } from "./suite"
import { Visitor } from "./visitor"

const newSecret = () => randomBytes(32).toString("base64url")
const expire = "update connection set expires_at = now() - interval '1 second', retry_at = null"

test("M1 while the secret changes, sessions, pending sign-ins and open forms keep working", async ({
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
    form = await readForm(visitor, "/integrations/bitbucket", "Renew access now")
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
  await database.query(expire)
  expect((await visitor.send("/api/token/refresh", { method: "POST" })).status, "tokens sealed before").toBe(
    200,
  )
  await database.query("truncate connection cascade")
})

test("M2 without the old secret sessions end cleanly, its tokens cannot be opened, and people sign in again", async ({
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
  const keptAlive = JSON.parse((await visitor.send("/api/cron/keep-alive", { headers })).text)
  expect(keptAlive).toMatchObject({ refreshed: 0, ended: 0, failed: 1 })
  expect(await emulator.control.listRequests()).toEqual([])
  await expect.poll(app.log).toContain('"reason":"tokens_unreadable"')

  expect((await visitor.signIn()).headers.location).toMatch(/\/profile$/)
  expect((await visitor.send("/profile")).status).toBe(200)
  const { rows } = await database.query("select sealed_tokens, status from connection")
  expect(rows).toEqual([{ sealed_tokens: expect.not.stringContaining(sealed), status: "active" }])
  await database.query("truncate connection cascade")
})

test("M12 no cookie of a signed-in browser contains a hash of AUTH_SECRET, alone or with the CSRF token", async ({
  visitor,
  environment,
}) => {
  await visitor.signIn()
  await visitor.send("/api/auth/csrf")
  const secret = environment.AUTH_SECRET ?? ""
  const [token = "", hash = ""] = decodeURIComponent(visitor.cookies.get("authjs.csrf-token") ?? "").split(
    "|",
  )
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")
  expect(hash).toBe(sha256(`${token}${cookieSecret(secret)}`))
  for (const value of visitor.cookies.values())
    for (const guess of [`${token}${secret}`, `${secret}${token}`, secret])
      expect(decodeURIComponent(value)).not.toContain(sha256(guess))
})

const usable = {
  NODE_ENV: "production",
  AUTH_URL: "https://app.example",
  AUTH_SECRET: "hunter2-9f1c7Q0vXa3mZ8kLr5dWt2bYs6",
  AUTH_BITBUCKET_ID: "hunter2-key",
  AUTH_BITBUCKET_SECRET: "hunter2-secret",
  DATABASE_URL: "postgres://app:hunter2@db.example/app",
}

test("M3 the error for a missing, guessable or contradictory environment variable is clear and prints no value", () => {
  expect(parseEnvironment(usable).AUTH_URL).toBe("https://app.example")
  for (const [name, value] of [
    ["AUTH_SECRET", ""],
    ["AUTH_SECRET", "hunter2"],
    ["AUTH_SECRET", "x".repeat(64)],
    ["AUTH_SECRET", "hunter2".repeat(5)],
    ["AUTH_SECRET", "hunter2-abcdefghijklmnopqrstuvwxyz"],
    ["AUTH_SECRET", "1122334455667788990011223344556677"],
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

test("M3 such a server does not start: it exits immediately and says why", async () => {
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

test("M4 a copy of the database reveals no token, and a value moved or altered in it opens nothing", async ({
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
    await database.query(expire)
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

/** The shape of well-known kinds of secrets. */
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
  /\b(AUTH_SECRET|AUTH_BITBUCKET_SECRET|CRON_SECRET)\s*=\s*["']?(?!\$|emulatorClient|emulatorRepos)[A-Za-z0-9+/_-]{16,}/,
  /\bpostgres(ql)?:\/\/\w+:(?!(password|hunter2|app|secret|\$))[^@\s:/]{6,}@(?!(localhost|127\.))/,
]

test("M10 neither the repository nor what browsers receive contains a secret", () => {
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

test("M10 the patterns find the secrets they are for", () => {
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
