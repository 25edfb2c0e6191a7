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

test("a correct setup passes every check, and the report says what to register", async () => {
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

test("in a broken environment, the doctor still tries everything that it can", async () => {
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

test("the report leaves out what a missing variable makes impossible: the variable is the finding", async () => {
  const { AUTH_BITBUCKET_ID: _, DATABASE_URL: __, BITBUCKET_API_URL: ___, ...broken } = usable
  const diagnosis = await examine({ ...broken, BITBUCKET_SITE_URL: "http://bitbucket.example" })
  expect(unwell(diagnosis)).toEqual([
    "variable.AUTH_BITBUCKET_ID failed",
    "variable.BITBUCKET_SITE_URL failed",
    "variable.DATABASE_URL failed",
  ])
})

test("the report names an AUTH_URL whose callback the client does not accept", async () => {
  const diagnosis = await examine({ ...usable, AUTH_URL: "http://localhost:3001" })
  expect(unwell(diagnosis)).toEqual(["callback.registered failed"])
})

test("the report says if the app was opened at a host other than AUTH_URL's", async () => {
  expect(unwell(await examine(usable, "http://127.0.0.1:3000"))).toEqual(["callback.seen_origin warning"])
})

test("without AUTH_URL the callback URL follows the address of the app, and the report warns that it may change", async () => {
  const { AUTH_URL: _, ...others } = usable
  const development = await examine({ ...others, NODE_ENV: "development" }, "http://localhost:3000")
  expect(development.callbackUrl).toBe("http://localhost:3000/api/auth/callback/bitbucket")
  expect(unwell(development)).toEqual(["callback.url warning"])
  const onVercel = await examine({ ...others, VERCEL: "1" })
  expect(onVercel.callbackUrl).toBeNull()
  expect(unwell(onVercel)).toContain("callback.url warning")
  expect(unwell(await examine(others))).toEqual(["variable.AUTH_URL failed"])
})

test("if only the site is down, there is one finding about the site, and the other way round", async () => {
  const down = await emulator.control.addFault({ kind: "reset", times: null, match: { path: "/site/*" } })
  expect(unwell(await examine(usable))).toEqual(["bitbucket.site failed"])
  await emulator.control.removeFault(down.id)
  await emulator.control.addFault({ kind: "reset", times: null, match: { path: "/2.0/*" } })
  expect(unwell(await examine(usable))).toEqual(["bitbucket.api failed"])
})

test("an API that refuses more anonymous calls counts as reachable", async () => {
  await emulator.control.addFault({ kind: "status", status: 429, match: { path: "/2.0/user" } })
  expect(unwell(await examine(usable))).toEqual([])
})

test("the report says which clock is wrong, which way and by how much", async () => {
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
