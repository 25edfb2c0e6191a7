import { readFileSync, writeFileSync } from "node:fs"
import type { ServerResponse } from "node:http"
import { createServer } from "node:net"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import { test as base } from "@playwright/test"
import type { Emulator, FaultInput } from "bitbucket-emulator"
import type { Pool } from "pg"
import { startHostileApi, startSilentListener } from "./hostile-api"
import { type Answer, leadsTo } from "./http"
import { startOwnApp } from "./own-app"
import { forgetProfiles } from "./profile-age"
import { seedFor } from "./seeds"
import { expect, test } from "./suite"
import { Visitor } from "./visitor"

const json = { "content-type": "application/json" }
const uuid = "{3b1f5a0e-7c2d-4e6f-9a8b-0c1d2e3f4a5b}"
const person = {
  type: "user",
  uuid,
  display_name: "Made Up",
  nickname: "made-up",
  account_id: "557058:made-up",
}
const good = {
  access_token: "made-up-access-token",
  token_type: "bearer",
  expires_in: 7200,
  refresh_token: "made-up",
}

function answering(path: string, body: unknown, more: Partial<FaultInput> = {}): FaultInput {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  return { match: { path }, kind: "status", status: 200, headers: json, body: text, times: null, ...more }
}
const tokens = (body: unknown, more?: Partial<FaultInput>) =>
  answering("/site/oauth2/access_token", body, more)
const user = (body: unknown, more?: Partial<FaultInput>) => answering("/2.0/user", body, more)

/** What a sign-in came to: the word of its failure, or null where somebody is signed in. */
function failureOf(answer: Answer): string | null {
  expect(answer.status).toBe(302)
  const page = leadsTo(answer, "http://app.invalid")
  expect(page.search).not.toMatch(/code=(?!.*error)|state=/)
  return page.pathname === "/auth/error" ? page.searchParams.get("error") : null
}

type Row = { name: string; token?: FaultInput; user?: FaultInput; fails: RegExp | null }

/** The 41 answers of the catalogue: 21 of the token endpoint, 20 of the API. */
const answers: Row[] = [
  {
    name: "token: a page instead of JSON",
    token: tokens("", { kind: "html" }),
    fails: /bitbucket_unavailable/,
  },
  {
    name: "token: 200 with an error",
    token: tokens({ error: "invalid_grant" }),
    fails: /bitbucket_unavailable|expired/,
  },
  {
    name: "token: 400 with a script in its description",
    token: tokens(
      { error: "invalid_grant", error_description: "<script>alert(1)</script>" },
      { status: 400 },
    ),
    fails: /sign_in_expired/,
  },
  {
    name: "token: no token_type",
    token: tokens({ ...good, token_type: undefined }),
    fails: /bitbucket_unavailable/,
  },
  {
    name: "token: token_type mac",
    token: tokens({ ...good, token_type: "mac" }),
    fails: /bitbucket_unavailable/,
  },
  { name: "token: expires_in as text", token: tokens({ ...good, expires_in: "7200" }), fails: null },
  {
    name: "token: expires_in -1",
    token: tokens({ ...good, expires_in: -1 }),
    fails: /bitbucket_unavailable/,
  },
  {
    name: "token: expires_in 1e300",
    token: tokens(JSON.stringify(good).replace("7200", "1e300")),
    fails: null,
  },
  { name: "token: no expires_in", token: tokens({ ...good, expires_in: undefined }), fails: null },
  { name: "token: expires_in 0", token: tokens({ ...good, expires_in: 0 }), fails: null },
  { name: "token: a number", token: tokens({ ...good, access_token: 7 }), fails: /bitbucket_unavailable/ },
  {
    name: "token: a line break",
    token: tokens({ ...good, access_token: "a\r\nX-Evil: 1" }),
    fails: /bitbucket_unavailable/,
  },
  {
    name: "token: 2,600 characters each",
    token: tokens({ ...good, access_token: "a".repeat(2_600), refresh_token: "r".repeat(2_600) }),
    fails: null,
  },
  {
    name: "token: 8,000 characters each",
    token: tokens({ ...good, access_token: "a".repeat(8_000), refresh_token: "r".repeat(8_000) }),
    fails: null,
  },
  {
    name: "token: 302",
    token: tokens("", { status: 302, headers: { location: "/elsewhere" } }),
    fails: /bitbucket_unavailable/,
  },
  { name: "token: 201", token: tokens(good, { status: 201 }), fails: /bitbucket_unavailable/ },
  { name: "token: 500", token: tokens("", { status: 500 }), fails: /bitbucket_unavailable/ },
  {
    name: "token: 429",
    token: tokens("slow down", { status: 429, headers: { "retry-after": "30" } }),
    fails: /bitbucket_rate_limited/,
  },
  { name: "token: no refresh token", token: tokens({ ...good, refresh_token: undefined }), fails: null },
  {
    name: "token: scope and scopes",
    token: tokens({ ...good, scope: "account email x", scopes: "account" }),
    fails: null,
  },
  { name: "token: scope narrowed", token: tokens({ ...good, scope: "account" }), fails: null },

  { name: "user: 401", user: user(person, { status: 401 }), fails: /bitbucket_unavailable/ },
  { name: "user: {}", user: user({}), fails: /bitbucket_unavailable/ },
  { name: "user: [] and null", user: user([]), fails: /bitbucket_unavailable/ },
  { name: "user: links only", user: user({ links: {} }), fails: /bitbucket_unavailable/ },
  {
    name: "user: 429 with links",
    user: user({ links: {} }, { status: 429 }),
    fails: /bitbucket_rate_limited/,
  },
  {
    name: "user: names that are objects",
    user: user({ ...person, display_name: {}, nickname: [] }),
    fails: null,
  },
  {
    name: "user: ids that are 0 and empty",
    user: user({ ...person, uuid: 0, account_id: "" }),
    fails: /unavailable/,
  },
  { name: "user: a name of 20 kB", user: user({ ...person, display_name: "n".repeat(20_000) }), fails: null },
  {
    name: "user: a picture that is a script",
    user: user({ ...person, links: { avatar: { href: "javascript:alert(1)" } } }),
    fails: null,
  },
  {
    name: "user: a picture inside",
    user: user({ ...person, links: { avatar: { href: "http://169.254.169.254/" } } }),
    fails: null,
  },
  {
    name: "user: markup and right-to-left in the name",
    user: user({ ...person, display_name: "<img src=x onerror=alert(1)>\u202e{{7*7}}" }),
    fails: null,
  },
  {
    name: "user: __proto__",
    user: user(`{"__proto__": ${JSON.stringify(person)}}`),
    fails: /bitbucket_unavailable/,
  },
  {
    name: "user: every key twice",
    user: user(`{"uuid": "no", ${JSON.stringify(person).slice(1)}`),
    fails: null,
  },
  { name: "user: a page instead of JSON", user: user("", { kind: "html" }), fails: /bitbucket_unavailable/ },
  {
    name: "user: 300 kB",
    user: user({ ...person, display_name: "n".repeat(300_000) }),
    fails: /bitbucket_unavailable/,
  },
  { name: "user: a gzip bomb", user: user("", { kind: "gzip_bomb" }), fails: /bitbucket_unavailable/ },
  { name: "user: no answer", user: user("", { kind: "hang" }), fails: /bitbucket_(slow|unavailable)/ },
  {
    name: "user: a drip",
    user: user("", { kind: "slow_body", delay_ms: 60_000 }),
    fails: /bitbucket_(slow|unavailable)/,
  },
  { name: "user: a reset", user: user("", { kind: "reset" }), fails: /bitbucket_unavailable/ },
  {
    name: "user: a chain of redirects",
    user: user("", { status: 302, headers: { location: "/2.0/user" } }),
    fails: /bitbucket_unavailable/,
  },
]

base("K the catalogue of hostile answers is whole", () => {
  expect(answers.filter(({ token }) => token)).toHaveLength(21)
  expect(answers.filter(({ user: answer }) => answer)).toHaveLength(20)
})

/** Which row of the catalogue an answer is about; the others are of the same kind as K2. */
function rowOf(name: string): string {
  if (/^user: (401|429|links)/.test(name)) return "K1"
  if (/bomb|300 kB/.test(name)) return "K3"
  if (/no answer|drip/.test(name)) return "K4"
  if (/page|error|description|201|500|token: 429|reset/.test(name)) return "K5"
  if (/302|redirect/.test(name)) return "K6"
  if (/expires_in/.test(name)) return "K7"
  if (/token: (a |2,600|8,000)/.test(name)) return "K8"
  if (/scope|token_type|refresh token/.test(name)) return "K9"
  return /name|picture/.test(name) ? "K10" : "K2"
}

/** What a person meets who signs in while Bitbucket answers so. */
const signingInWith =
  ({ token, user: userAnswer, fails }: Row) =>
  async ({ visitor, emulator, database }: { visitor: Visitor; emulator: Emulator; database: Pool }) => {
    const callback = await visitor.consent(await visitor.start())
    if (token)
      for (const fault of [token, user(person), answering("/2.0/user/emails", { values: [] })])
        await emulator.control.addFault(fault)
    if (userAnswer) await emulator.control.addFault(userAnswer)
    const startedAt = performance.now()
    const answer = await visitor.send(callback)
    expect(performance.now() - startedAt).toBeLessThan(6_000)
    const failure = failureOf(answer)
    const sessions = (await database.query("select 1 from session")).rowCount
    if (fails === null) {
      expect([failure, sessions]).toEqual([null, 1])
      const profile = await visitor.send("/profile")
      expect(profile.status).toBe(200)
      expect(profile.text.replace(/<script\b[\s\S]*?<\/script>/g, "")).not.toMatch(
        /\[object|undefined|<img src=x|javascript:|169\.254|\p{Bidi_Control}/u,
      )
      const sizes = [...visitor.cookies].map(([cookie, value]) => cookie.length + value.length)
      expect(Math.max(...sizes)).toBeLessThan(1_500)
    } else {
      expect(failure).toMatch(fails)
      expect(sessions).toBe(0)
      const { pathname, search } = leadsTo(answer, "http://app.invalid")
      const page = await visitor.send(pathname + search)
      expect(page.status).toBeGreaterThanOrEqual(400)
      expect(page.text).not.toMatch(/<script>alert|X-Evil/)
      expect(page.text).toContain("<h1")
    }
    expect((Object.prototype as { uuid?: unknown }).uuid).toBeUndefined()
  }

function titleOf({ name, fails }: Row): string {
  return `${name}: ${fails ? "nobody is signed in, and a page says what is wrong" : "the person is signed in"}`
}

const of = (id: string) => answers.filter(({ name }) => rowOf(name) === id)

for (const row of of("K1")) test(`K1 ${titleOf(row)}`, signingInWith(row))
for (const row of of("K2")) test(`K2 ${titleOf(row)}`, signingInWith(row))
for (const row of of("K3")) test(`K3 ${titleOf(row)}`, signingInWith(row))
for (const row of of("K4")) test(`K4 ${titleOf(row)}`, signingInWith(row))
for (const row of of("K5")) test(`K5 ${titleOf(row)}`, signingInWith(row))
for (const row of of("K6")) test(`K6 ${titleOf(row)}`, signingInWith(row))
for (const row of of("K7")) test(`K7 ${titleOf(row)}`, signingInWith(row))
for (const row of of("K8")) test(`K8 ${titleOf(row)}`, signingInWith(row))
for (const row of of("K9")) test(`K9 ${titleOf(row)}`, signingInWith(row))
for (const row of of("K10")) test(`K10 ${titleOf(row)}`, signingInWith(row))

for (const status of [401, 403, 404, 429, 500, 502, 503])
  test(`K1 the status counts: a ${status} with somebody's profile in it signs nobody in`, async ({
    visitor,
    emulator,
    database,
  }) => {
    await emulator.control.addFault(user(person, { status }))
    expect(failureOf(await visitor.signIn())).not.toBeNull()
    expect((await database.query("select 1 from session")).rowCount).toBe(0)
  })

test("K2 without a uuid of Bitbucket's form there is nobody, whatever else the profile says", async ({
  visitor,
  emulator,
  database,
}) => {
  for (const wrong of [
    undefined,
    null,
    "",
    0,
    {},
    [],
    [uuid],
    true,
    "not-a-uuid",
    `${uuid} `,
    `${uuid}\n`,
    uuid.slice(1, -1),
  ]) {
    await emulator.control.addFault(user({ ...person, uuid: wrong }))
    expect(failureOf(await visitor.signIn()), JSON.stringify(wrong)).toBe("bitbucket_unavailable")
    await emulator.control.clearFaults()
  }
  for (const body of ["null", '"text"', "7", "[[]]", "", "{", `[${JSON.stringify(person)}]`]) {
    await emulator.control.addFault(user(body))
    expect(failureOf(await visitor.signIn()), body).toBe("bitbucket_unavailable")
    await emulator.control.clearFaults()
  }
  expect((await database.query("select 1 from session")).rowCount).toBe(0)
})

/** kB of a process: `VmRSS` now, or `VmHWM` at the most since it was reset. */
function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): number {
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1])
}

test("K3 bombs are dropped at 256 kB: the server does not grow by 50 MB", async ({
  environment,
  emulator,
  database,
}) => {
  await using api = await startHostileApi(emulator.apiUrl)
  await using app = await startOwnApp({ ...environment, BITBUCKET_API_URL: api.url })
  await emulator.control.reset(seedFor(app.url))
  const visitor = new Visitor({ appUrl: app.url, emulator })
  await visitor.signIn()
  for (let warmUp = 0; warmUp < 30; warmUp++) {
    await forgetProfiles(database)
    expect((await visitor.send("/profile")).status).toBe(200)
  }

  const zeros = gzipSync(Buffer.alloc(64 * 1024 ** 2, " "))
  const bombs: [string, Buffer, Record<string, string>][] = [
    ["400 MB of gzip", Buffer.concat(Array(7).fill(zeros)), { "content-encoding": "gzip" }],
    [
      "64 MB of brotli",
      brotliCompressSync(Buffer.alloc(64 * 1024 ** 2, " "), {
        params: { [constants.BROTLI_PARAM_QUALITY]: 3 },
      }),
      { "content-encoding": "br" },
    ],
    ["gzip in gzip", gzipSync(zeros), { "content-encoding": "gzip, gzip" }],
    ["10 MB", Buffer.from(JSON.stringify({ ...person, display_name: "n".repeat(10_000_000) })), {}],
    ["a million arrays", Buffer.from("[".repeat(1_000_000)), {}],
    ["a hundred thousand arrays", Buffer.from("[".repeat(100_000) + "]".repeat(100_000)), {}],
  ]
  const before = memoryOf(app.pid, "VmRSS")
  writeFileSync(`/proc/${app.pid}/clear_refs`, "5")
  for (const [name, body, headers] of bombs) {
    api.misbehave("/2.0/user", (_, response) => response.writeHead(200, { ...json, ...headers }).end(body))
    await forgetProfiles(database)
    const asked = api.asked()
    const page = await visitor.send("/profile")
    expect(api.asked(), name).toBeGreaterThan(asked)
    expect(page.status, name).toBe(200)
    expect(page.text, name).toContain("Demo Person")
    const grownBy = (memoryOf(app.pid, "VmHWM") - before) / 1024
    expect(grownBy, `MB after ${name}`).toBeLessThan(50)
  }
})

test("K4 whatever Bitbucket holds back, a page comes within six seconds", async ({
  environment,
  emulator,
  database,
}) => {
  const deaf = createServer(() => undefined)
  await new Promise<void>((resolve) => {
    deaf.listen(0, "127.0.0.1", resolve)
  })
  const { port } = deaf.address() as { port: number }
  await using api = await startHostileApi(emulator.apiUrl)
  await using app = await startOwnApp({ ...environment, BITBUCKET_API_URL: api.url })
  await using withoutTls = await startOwnApp({
    ...environment,
    BITBUCKET_API_URL: `https://127.0.0.1:${port}`,
  })
  const names = ["one", "two", "three"]
  await emulator.control.reset(seedFor(app.url, names))
  const visitors = names.map(() => new Visitor({ appUrl: app.url, emulator }))
  await Promise.all(visitors.map((visitor, index) => visitor.signIn(names[index])))
  const callbacks = await Promise.all(
    names.map(async (name) => {
      const one = new Visitor({ appUrl: app.url, emulator })
      const callback = await one.consent(await one.start(), name)
      return () => one.send(callback)
    }),
  )
  const drips = new Set<NodeJS.Timeout>()
  const behaviours = [
    () => undefined,
    (response: ServerResponse) => response.writeHead(200, json).flushHeaders(),
    (response: ServerResponse) => {
      response.writeHead(200, json)
      drips.add(setInterval(() => response.write(" "), 500))
    },
  ]
  let asked = 0
  api.misbehave("/2.0/user", (_, response) => void behaviours[asked++ % behaviours.length]?.(response))
  const timed = async (ask: () => Promise<Answer>) => {
    const startedAt = performance.now()
    const answer = await ask()
    expect(performance.now() - startedAt).toBeLessThan(6_000)
    return answer
  }
  await forgetProfiles(database)
  const [profiles, ends] = await Promise.all([
    Promise.all(visitors.map((visitor) => timed(() => visitor.send("/profile")))),
    Promise.all(callbacks.map(timed)),
  ])
  expect(asked).toBeGreaterThanOrEqual(profiles.length + ends.length)
  for (const { status, text } of profiles) {
    expect(status).toBe(200)
    expect(text).toContain(" Person</h1>")
  }
  for (const drip of drips) clearInterval(drip)

  await emulator.control.reset(seedFor(withoutTls.url))
  const stranger = new Visitor({ appUrl: withoutTls.url, emulator })
  const callback = await stranger.consent(await stranger.start())
  ends.push(await timed(() => stranger.send(callback)))
  for (const end of ends) expect(failureOf(end)).toMatch(/bitbucket_(slow|unavailable)/)
  deaf.close()
})

test("K5 a renewal that is answered with anything but tokens ends nothing", async ({
  visitor,
  emulator,
  database,
}) => {
  await visitor.signIn()
  const bodies: FaultInput[] = [
    tokens("", { kind: "html" }),
    tokens("", { status: 204 }),
    tokens(good, { status: 201 }),
    tokens('{"access_token": "x", "token_ty'),
    tokens(`${JSON.stringify(good)} trailing garbage`),
    tokens({ error: "invalid_grant" }),
    tokens("", { status: 500 }),
    tokens("[]"),
    tokens({ ...good, access_token: undefined }),
    tokens({ ...good, token_type: "mac" }),
    tokens({ ...good, access_token: "a\r\nb" }),
    tokens("", { kind: "reset" }),
    tokens("", { kind: "truncate" }),
  ]
  for (const fault of bodies) {
    await database.query("update connection set expires_at = now() - interval '1 second', retry_at = null")
    await emulator.control.addFault(fault)
    const answer = await visitor.send("/api/token/refresh", { method: "POST" })
    expect([answer.status, answer.text], String(fault.body)).toEqual([
      503,
      '{"error":"bitbucket_unavailable"}',
    ])
    expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(1)
    expect((await database.query("select status from connection")).rows).toEqual([{ status: "active" }])
    await emulator.control.clearFaults()
  }
  await database.query("update connection set retry_at = null")
  expect((await visitor.send("/profile")).text).toContain("Demo Person")
})

test("K5 a mark at the beginning of JSON and another charset in its type do no harm", async ({
  visitor,
  emulator,
}) => {
  await emulator.control.addFault(user(`\ufeff${JSON.stringify(person)}`, { times: 1 }))
  expect(failureOf(await visitor.signIn())).toBeNull()
  const type = { "content-type": "application/json; charset=iso-8859-1" }
  await emulator.control.addFault(user(person, { headers: type, times: 1 }))
  expect(failureOf(await visitor.signIn())).toBeNull()
})

test("K6 no redirect of Bitbucket's is followed: nothing is sent again, to itself or elsewhere", async ({
  visitor,
  emulator,
}) => {
  await using elsewhere = await startSilentListener()
  for (const status of [301, 302, 303, 307, 308])
    for (const location of [
      `${elsewhere.url}/x`,
      `${emulator.siteUrl}/site/oauth2/access_token`,
      "/2.0/user",
    ])
      for (const fault of [
        tokens("", { status, headers: { location } }),
        user("", { status, headers: { location } }),
      ]) {
        await emulator.control.addFault(fault)
        await emulator.control.clearRequests()
        expect(failureOf(await visitor.signIn())).toBe("bitbucket_unavailable")
        const asked = (await emulator.control.listRequests()).filter(({ path }) => path === fault.match?.path)
        expect(asked, `${status} to ${location}`).toHaveLength(1)
        await emulator.control.clearFaults()
      }
  expect(elsewhere.heard).toEqual([])
})

test("K7 however long Bitbucket says that a token lives, it is taken for a minute to a day", async ({
  visitor,
  emulator,
  database,
}) => {
  await visitor.signIn()
  for (const [expiresIn, seconds] of [
    ['"3600"', 3_600],
    ["0", 60],
    ["-1", 60],
    ["1e300", 86_400],
    ["1e999", 60],
    ['"NaN"', 60],
    ["null", 60],
    ["{}", 60],
    ["7200.5", 7_201],
    [null, 7_200],
  ] as const) {
    await database.query("update connection set expires_at = now() - interval '1 second', retry_at = null")
    const body = `{"access_token": "made-up", "token_type": "bearer"${expiresIn ? `, "expires_in": ${expiresIn}` : ""}}`
    await emulator.control.addFault(tokens(body))
    expect((await visitor.send("/api/token/refresh", { method: "POST" })).status, String(expiresIn)).toBe(200)
    const { rows } = await database.query(
      "select extract(epoch from expires_at - issued_at)::int as lifetime from connection",
    )
    expect(rows, String(expiresIn)).toEqual([{ lifetime: seconds }])
    await emulator.control.clearFaults()
  }
})

test("K8 a token that no header can carry is refused and written nowhere", async ({
  visitor,
  emulator,
  database,
  appLog,
}) => {
  for (const bad of [
    "canary\r\nX-Evil: 1",
    "canary\u0000",
    "canary-é",
    "canary token",
    "",
    "canary\n",
    "canary\u2028",
  ])
    for (const member of ["access_token", "refresh_token"]) {
      await emulator.control.addFault(tokens({ ...good, [member]: bad }))
      await emulator.control.addFault(user(person))
      expect(failureOf(await visitor.signIn()), JSON.stringify([member, bad])).toBe("bitbucket_unavailable")
      await emulator.control.clearFaults()
    }
  expect((await database.query("select 1 from connection")).rowCount).toBe(0)
  expect(appLog()).not.toContain("canary")
})

test("K9 what was granted is recorded as it was, and less than asked for is said", async ({
  visitor,
  emulator,
  database,
}) => {
  const signInWith = async (scopes: object) => {
    await emulator.control.addFault(tokens({ ...good, ...scopes }))
    await emulator.control.addFault(user(person))
    await emulator.control.addFault(
      answering(
        "/2.0/user/emails",
        { type: "error", error: { detail: { required: ["email"], granted: ["account"] } } },
        { status: 403 },
      ),
    )
    expect(failureOf(await visitor.signIn())).toBeNull()
    const page = await visitor.send("/profile")
    await emulator.control.clearFaults()
    return { page: page.text, scopes: (await database.query("select scopes from connection")).rows[0].scopes }
  }
  const narrower = await signInWith({ scope: "account" })
  expect(narrower.scopes).toEqual(["account"])
  expect(narrower.page).toContain("does not let this app see your addresses")
  expect((await signInWith({ scope: "account email repository:write" })).scopes).toEqual([
    "account",
    "email",
    "repository:write",
  ])
  expect((await signInWith({ scopes: "account, email" })).scopes).toEqual(["account", "email"])
  expect((await signInWith({ token_type: "BEARER" })).scopes).toEqual(["account", "email"])
})

test("K9 without the scope that names the person, a page says what its owner has to do", async ({
  visitor,
  emulator,
}) => {
  const body = { type: "error", error: { detail: { required: ["account"], granted: ["email"] } } }
  await emulator.control.addFault(user(body, { status: 403 }))
  expect(failureOf(await visitor.signIn())).toBe("missing_scope")
})

test("K10 a name is text of 256 characters at most, in pages, cookies and logs", async ({
  visitor,
  emulator,
  database,
  appLog,
}) => {
  const names = [
    "<script>alert(1)</script>",
    "\u202eevil\u2066\u200f",
    "line\r\nbreak\u0000\u001b[31mred\u0007",
    "n".repeat(20_000),
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}<%= 7*7 %>",
    "</script><script>alert(1)</script>",
    "\u200b\u2060\ufeff",
  ]
  for (const display_name of names) {
    await emulator.control.addFault(user({ ...person, display_name }))
    expect(failureOf(await visitor.signIn())).toBeNull()
    const page = await visitor.send("/profile")
    expect(page.status).toBe(200)
    expect(page.text).not.toMatch(/<script>alert|<img src=x|\p{Bidi_Control}|>49</u)
    expect(page.text).not.toMatch(/[^\P{Cc}\n\r\t]/u)
    const { rows } = await database.query("select profile->'account'->>'displayName' as name from connection")
    expect((rows[0].name ?? "").length).toBeLessThanOrEqual(256)
    await emulator.control.clearFaults()
  }
  expect(appLog()).not.toMatch(/alert|evil|\[31m/)
})

test("K10 a name that cannot be seen is no name", async ({ visitor, emulator, database }) => {
  await emulator.control.addFault(user({ ...person, display_name: "\u200b\u2060\ufeff\u00ad" }))
  await visitor.signIn()
  const { rows } = await database.query("select profile->'account'->>'displayName' as name from connection")
  expect(rows).toEqual([{ name: null }])
  expect((await visitor.send("/profile")).text).toContain("made-up")
})

test("K11 tokens that open another account end the connection and its sessions", async ({
  visitor,
  stranger,
  emulator,
  database,
  appLog,
}) => {
  await visitor.signIn()
  stranger.leaveBitbucket()
  await stranger.signIn("zoe")
  await database.query(
    "update connection set expires_at = now() - interval '1 second' where profile->'account'->>'displayName' = 'Demo Person'",
  )
  await forgetProfiles(database)
  await emulator.control.addFault({
    ...user({ ...person, display_name: "Some Body Else" }),
    match: { path: "/2.0/user", username: "demo" },
  })
  const page = await visitor.send("/profile")
  expect(page.text).not.toContain("Some Body Else")
  await emulator.control.clearFaults()
  const after = await visitor.send("/profile")
  expect([after.status, after.headers.location]).toEqual([307, "/signin?next=%2Fprofile"])
  expect((await visitor.send("/api/token/refresh", { method: "POST" })).status).toBe(401)
  expect((await database.query("select 1 from connection")).rowCount, "the other person's").toBe(1)
  expect((await stranger.send("/profile")).status).toBe(200)
  expect(appLog()).toContain('"event":"connection_of_another_account"')
  const { rows } = await database.query("select kind, detail from activity where kind = 'connection_ended'")
  expect(rows).toEqual([{ kind: "connection_ended", detail: "other_account" }])
})

test("K12 a person is their uuid: a new name is theirs, an old name or address makes nobody them", async ({
  visitor,
  stranger,
  emulator,
  database,
}) => {
  await emulator.control.addFault(user(person))
  await visitor.signIn()
  await emulator.control.clearFaults()
  await emulator.control.addFault(
    user({ ...person, display_name: "Renamed", nickname: "renamed", account_id: "other" }),
  )
  await visitor.signIn()
  expect((await visitor.send("/profile")).text).toContain("Renamed")
  expect((await database.query("select 1 from connection")).rowCount).toBe(1)

  await emulator.control.clearFaults()
  await emulator.control.addFault(
    user({ ...person, uuid: uuid.replace("3b1f", "4c2a"), display_name: "Renamed" }),
  )
  await stranger.signIn()
  expect((await database.query("select 1 from connection")).rowCount).toBe(2)
})

test("K12 a suspended account is refused in words, and an address that is not confirmed is nobody's", async ({
  visitor,
  emulator,
}) => {
  await emulator.control.addFault(user({ type: "error", error: { message: "suspended" } }, { status: 403 }))
  expect(failureOf(await visitor.signIn())).not.toBeNull()
  await emulator.control.clearFaults()
  visitor.leaveBitbucket()
  await visitor.signIn("una")
  expect((await visitor.send("/profile")).text).toContain("No confirmed email address")
})
