import { readFileSync, writeFileSync } from "node:fs"
import type { ServerResponse } from "node:http"
import { createServer } from "node:net"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import { test as base } from "@playwright/test"
import type { Emulator } from "bitbucket-emulator"
import type { Pool } from "pg"
import { startOwnApp } from "../own-app"
import { readProfileAgo } from "../person"
import { seedFor } from "../seeds"
import { timeOf } from "../usual-time"
import { answering, answers, json, person, type Row, rowOf, user, uuid } from "./hostile-answers"
import { startHostileApi } from "./hostile-api"
import { type Answer, leadsTo } from "./http"
import { expect, test } from "./suite"
import { failureOf, Visitor } from "./visitor"

base("K the catalogue of hostile responses is complete", () => {
  expect(answers.filter(({ token }) => token)).toHaveLength(21)
  expect(answers.filter(({ user: answer }) => answer)).toHaveLength(20)
})

/** What a person sees who signs in while Bitbucket answers like this. */
const signingInWith =
  ({ token, user: userAnswer, fails }: Row) =>
  async ({ visitor, emulator, database }: { visitor: Visitor; emulator: Emulator; database: Pool }) => {
    const callback = await visitor.consent(await visitor.start())
    if (token)
      for (const fault of [token, user(person), answering("/2.0/user/emails", { values: [] })])
        await emulator.control.addFault(fault)
    if (userAnswer) await emulator.control.addFault(userAnswer)
    const usual = await timeOf(() => visitor.send("/"))
    const startedAt = performance.now()
    const answer = await visitor.send(callback)
    expect(performance.now() - startedAt).toBeLessThan(6_000 + 10 * usual)
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
  return `${name}: ${fails ? "no one is signed in, and a page says what is wrong" : "the person is signed in"}`
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

for (const [status, code] of [
  [401, "account_refused"],
  [403, "account_refused"],
  [404, "account_refused"],
  [410, "account_refused"],
  [429, "bitbucket_rate_limited"],
  [500, "bitbucket_unavailable"],
  [502, "bitbucket_unavailable"],
  [503, "bitbucket_unavailable"],
] as const)
  test(`K1 the status counts: a ${status} that contains a profile signs no one in`, async ({
    visitor,
    emulator,
    database,
  }) => {
    await emulator.control.addFault(user(person, { status }))
    expect(failureOf(await visitor.signIn())).toBe(code)
    expect((await database.query("select 1 from session")).rowCount).toBe(0)
  })

test("K2 a profile without a uuid in Bitbucket's format signs no one in, whatever else it says", async ({
  visitor,
  emulator,
  database,
}) => {
  for (const wrong of [undefined, null, "", 0, {}, [], [uuid], true, "not-a-uuid", `${uuid} `, `${uuid}\n`]) {
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

/** kB of a process: `VmRSS` is the current value, `VmHWM` the peak since the last reset. */
function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): number {
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1])
}

test("K3 the app drops bombs at 256 kB: the server grows by less than 50 MB", async ({
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
    await readProfileAgo(database, "1 hour")
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
    await readProfileAgo(database, "1 hour")
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
  // As many pages at once as there are people, of a kind that does not need Bitbucket.
  const usual = await timeOf(() => Promise.all(visitors.map((visitor) => visitor.send("/"))))
  const timed = async (ask: () => Promise<Answer>) => {
    const startedAt = performance.now()
    const answer = await ask()
    expect(performance.now() - startedAt).toBeLessThan(6_000 + 10 * usual)
    return answer
  }
  await readProfileAgo(database, "1 hour")
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
