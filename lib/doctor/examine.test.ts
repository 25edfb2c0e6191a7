import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterEach, beforeEach, expect, test } from "vitest"
import { client } from "@/test/bitbucket-grant"
import { createTestDatabaseUrl } from "@/test/database"
import { checkClocks } from "./clock"
import { type Diagnosis, examine } from "./examine"

let emulator: Emulator
let usable: Record<string, string>

beforeEach(async () => {
  emulator = await startEmulator({ port: 0 })
  usable = {
    NODE_ENV: "production",
    AUTH_SECRET: "a-secret-of-thirty-two-characters",
    AUTH_URL: "http://localhost:3000",
    AUTH_BITBUCKET_ID: client.id,
    AUTH_BITBUCKET_SECRET: client.secret,
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
    DATABASE_URL: await createTestDatabaseUrl(),
    CRON_SECRET: "a-secret-of-the-scheduler",
  }
})

afterEach(() => emulator.close())

const resultsOf = ({ groups }: Diagnosis) => groups.flatMap(({ results }) => results)
const unwell = (diagnosis: Diagnosis) =>
  resultsOf(diagnosis)
    .filter(({ state }) => state !== "ok")
    .map(({ id, state }) => `${id} ${state}`)

test("a setup that is right is well in every point, and says what to register", async () => {
  const diagnosis = await examine(usable, "http://localhost:3000")
  expect(unwell(diagnosis)).toEqual([])
  expect(diagnosis.state).toBe("ok")
  expect(diagnosis.callbackUrl).toBe("http://localhost:3000/api/auth/callback/bitbucket")
  const ids = resultsOf(diagnosis).map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(
    expect.arrayContaining(["callback.seen_origin", "bitbucket.api", "clock.bitbucket", "clock.database"]),
  )
})

test("where the environment is broken, what can be tried is tried all the same", async () => {
  const { AUTH_SECRET: _, CRON_SECRET: __, ...broken } = usable
  const diagnosis = await examine({ ...broken, LOG_LEVEL: "loud" })
  expect(unwell(diagnosis)).toEqual([
    "variable.AUTH_SECRET failed",
    "variable.CRON_SECRET warning",
    "variable.LOG_LEVEL failed",
  ])
  expect(resultsOf(diagnosis)).toContainEqual(
    expect.objectContaining({ id: "bitbucket.client", state: "ok" }),
  )
})

test("what cannot be tried for want of a variable is left out: the variable is the finding", async () => {
  const { AUTH_BITBUCKET_ID: _, DATABASE_URL: __, BITBUCKET_API_URL: ___, ...broken } = usable
  const diagnosis = await examine({ ...broken, BITBUCKET_SITE_URL: "http://bitbucket.example" })
  expect(unwell(diagnosis)).toEqual([
    "variable.AUTH_BITBUCKET_ID failed",
    "variable.BITBUCKET_SITE_URL failed",
    "variable.DATABASE_URL failed",
  ])
})

test("an AUTH_URL whose callback the client does not admit is told", async () => {
  const diagnosis = await examine({ ...usable, AUTH_URL: "http://localhost:3001" })
  expect(unwell(diagnosis)).toEqual(["callback.registered failed"])
})

test("an app that is opened at another host than AUTH_URL names is told", async () => {
  expect(unwell(await examine(usable, "http://127.0.0.1:3000"))).toEqual(["callback.seen_origin warning"])
})

test("without AUTH_URL the callback URL is where the app is opened, and that it may change is told", async () => {
  const { AUTH_URL: _, ...others } = usable
  const development = await examine({ ...others, NODE_ENV: "development" }, "http://localhost:3000")
  expect(development.callbackUrl).toBe("http://localhost:3000/api/auth/callback/bitbucket")
  expect(unwell(development)).toEqual(["callback.url warning"])
  const onVercel = await examine({ ...others, VERCEL: "1" })
  expect(onVercel.callbackUrl).toBeNull()
  expect(unwell(onVercel)).toContain("callback.url warning")
  expect(unwell(await examine(others))).toEqual(["variable.AUTH_URL failed"])
})

test("a site that is down while the API answers is told of the site, once, and the other way round", async () => {
  const down = await emulator.control.addFault({ kind: "reset", times: null, match: { path: "/site/*" } })
  expect(unwell(await examine(usable))).toEqual(["bitbucket.site failed"])
  await emulator.control.removeFault(down.id)
  await emulator.control.addFault({ kind: "reset", times: null, match: { path: "/2.0/*" } })
  expect(unwell(await examine(usable))).toEqual(["bitbucket.api failed"])
})

test("an API that has had enough calls without a sign-in is there all the same", async () => {
  await emulator.control.addFault({ kind: "status", status: 429, match: { path: "/2.0/user" } })
  expect(unwell(await examine(usable))).toEqual([])
})

test("a clock that is wrong is told, with which way and how much", async () => {
  await emulator.control.advanceClock(90_000)
  const diagnosis = await examine(usable)
  expect(unwell(diagnosis)).toEqual(["clock.bitbucket warning"])
  const clock = resultsOf(diagnosis).find(({ id }) => id === "clock.bitbucket")
  expect(clock?.sentence).toMatch(/(89|90|91) seconds ahead of this machine's/)
})

test("two clocks that differ by the same mean that this machine's is wrong", () => {
  const found = checkClocks({ bitbucket: 90, database: 95 })
  expect(found.map(({ id }) => id)).toEqual(["clock.machine"])
  expect(found[0]?.sentence).toContain(
    "This machine's clock is 95 seconds behind Bitbucket's and the database's",
  )
  const codes = (ahead: Parameters<typeof checkClocks>[0]) =>
    checkClocks(ahead).map(({ id, code }) => [id, code])
  expect(codes({ bitbucket: 90, database: -90 })).toEqual([
    ["clock.bitbucket", "clock_differs"],
    ["clock.database", "clock_differs"],
  ])
  expect(codes({ bitbucket: 10, database: null })).toEqual([["clock.bitbucket", null]])
})
