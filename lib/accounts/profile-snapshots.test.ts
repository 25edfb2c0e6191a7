import { type Emulator, startEmulator } from "bitbucket-emulator"
import { type SQL, sql } from "drizzle-orm"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { db as appDatabase, type Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import { client, obtainGrant } from "@/test/bitbucket-grant"
import { connect } from "@/test/connection-server"
import { createTestDatabaseUrl } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import type { Connection } from "./connection"
import { connections } from "./connections"
import { createProfileSnapshots, getCurrentProfile } from "./profile-snapshots"

let emulator: Emulator
let db: Database
let id: string
let account: string
let snapshots: ReturnType<typeof createProfileSnapshots>

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
  stubEnvironment({
    AUTH_BITBUCKET_ID: client.id,
    AUTH_BITBUCKET_SECRET: client.secret,
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
    LOG_LEVEL: "silent",
    DATABASE_URL: await createTestDatabaseUrl(),
  })
  db = appDatabase()
})

beforeEach(async () => {
  await emulator.reset()
  await db.delete(connection)
  const grant = await obtainGrant(emulator.siteUrl, "demo")
  const { uuid } = await (
    await fetch(`${emulator.apiUrl}/2.0/user`, { headers: { authorization: `Bearer ${grant.accessToken}` } })
  ).json()
  account = uuid
  id = await connect(db, grant, uuid)
  await emulator.control.clearRequests()
  snapshots = createProfileSnapshots()
})

afterAll(() => emulator.close())

async function read(): Promise<Connection> {
  const current = await connections().accounts.read(account)
  if (!current) throw new Error("The connection of this test is gone")
  return current
}

/** As if a server had read the whole profile this many seconds ago, and none had asked for it since. */
async function readAgo(seconds: number): Promise<Connection> {
  await change(sql`profile_read_at = now() - make_interval(secs => ${seconds}), profile_asked_at = null,
    profile_failure = null, issued_at = now() - interval '20 minutes', profile = jsonb_set(profile, '{emails}', '[]')`)
  return read()
}

/** As if this many seconds passed. */
const letPass = (seconds: number) =>
  change(sql`profile_read_at = profile_read_at - make_interval(secs => ${seconds}),
    profile_asked_at = profile_asked_at - make_interval(secs => ${seconds}),
    issued_at = issued_at - make_interval(secs => ${seconds})`)

const change = (assignments: SQL) => db.execute(sql`update ${connection} set ${assignments}`)

async function apiRequests() {
  return (await emulator.control.listRequests()).filter(({ origin }) => origin === "api")
}

describe("a profile that was read", () => {
  test("less than a minute ago is shown, and Bitbucket is not asked", async () => {
    expect(snapshots.look(await readAgo(59))).toMatchObject({
      reading: { failure: null, profile: { account: { displayName: "Demo" } } },
      need: "nothing",
    })
  })

  test("some minutes ago is shown immediately, and read again after the response, once for all those pages", async () => {
    const old = await readAgo(120)
    const { reading, need } = snapshots.look(old)
    expect({ need, readAt: reading.readAt, name: reading.profile.account.displayName }).toEqual({
      need: "revalidation",
      readAt: old.profileReadAt,
      name: "Demo",
    })
    await Promise.all(Array.from({ length: 20 }, () => snapshots.revalidate(old)))
    await snapshots.revalidate(old)
    expect((await apiRequests()).map(({ path }) => path).sort()).toEqual(["/2.0/user", "/2.0/user/emails"])
    expect(snapshots.look(await read())).toMatchObject({
      reading: { profile: { account: { displayName: "Demo Person" } } },
      need: "nothing",
    })
  })

  test("longer ago than ten minutes waits for Bitbucket's answer, which all waiting pages share", async () => {
    const old = await readAgo(601)
    expect(snapshots.look(old).need).toBe("answer")
    const readings = await Promise.all(Array.from({ length: 20 }, () => snapshots.read(old)))
    for (const { profile, failure } of readings)
      expect([profile.account.displayName, failure]).toEqual(["Demo Person", null])
    expect(await apiRequests()).toHaveLength(2)
  })

  test.each([61, 601])("%i seconds ago is read again by one of many servers, once a minute", async (age) => {
    const old = await readAgo(age)
    const servers = Array.from({ length: 5 }, () => createProfileSnapshots())
    const viewTen = (known: Connection) =>
      Promise.all(servers.flatMap(({ read }) => Array.from({ length: 10 }, () => read(known))))
    const names = (await viewTen(old)).map(({ profile }) => profile.account.displayName)
    expect(names.filter((name) => name === "Demo Person")).toHaveLength(10)
    expect(names.filter((name) => name === "Demo")).toHaveLength(40)
    expect(await apiRequests()).toHaveLength(2)
    // A server that read the row before that does not ask either.
    await viewTen(old)
    for (const { look } of servers) expect(look(await read()).need).toBe("nothing")
    expect(await apiRequests()).toHaveLength(2)
    await letPass(61)
    expect(snapshots.look(await read()).need).toBe("revalidation")
    await viewTen(await read())
    expect(await apiRequests()).toHaveLength(4)
  })

  test("long ago is shown with its age while another server asks for it", async () => {
    const old = await readAgo(601)
    await connections().accounts.claimProfileReading(old)
    expect(snapshots.look(await read())).toEqual({
      reading: { profile: old.profile, readAt: old.profileReadAt, failure: null },
      need: "nothing",
    })
  })

  test("long ago makes pages wait while this server asks for it", async () => {
    await emulator.control.addFault({ match: { path: "/2.0/user" }, kind: "delay", delay_ms: 300 })
    const old = await readAgo(601)
    const first = snapshots.read(old)
    await expect.poll(async () => (await read()).isProfileAsked).toBe(true)
    const later = await read()
    expect(snapshots.look(later).need).toBe("answer")
    expect((await snapshots.read(later)).readAt).toEqual((await first).readAt)
    expect(await apiRequests()).toHaveLength(2)
  })

  test("is asked for again after a minute if the server that asked died", async () => {
    await connections().accounts.claimProfileReading(await readAgo(120))
    await letPass(59)
    expect(snapshots.look(await read()).need).toBe("nothing")
    await letPass(2)
    expect(snapshots.look(await read()).need).toBe("revalidation")
    await snapshots.revalidate(await read())
    expect(await read()).toMatchObject({ profile: { account: { displayName: "Demo Person" } } })
  })

  test("at a sign-in that could not read the addresses is read again, and counts as current from then on", async () => {
    expect((await read()).profile.emails).toBeNull()
    expect(snapshots.look(await read()).need).toBe("answer")
    await change(sql`profile_read_at = now()`)
    await change(sql`issued_at = now() - interval '1 second'`)
    expect(snapshots.look(await read()).need).toBe("nothing")
  })
})

describe("while Bitbucket gives no profile", () => {
  test.each([
    [503, "bitbucket_unavailable"],
    [404, "bitbucket_refused"],
  ] as const)(
    "(%i) all servers together ask once a minute, and each page says so",
    async (status, failure) => {
      await emulator.control.addFault({ match: { origin: "api" }, kind: "status", status, times: null })
      const old = await readAgo(700)
      expect(await snapshots.read(old)).toMatchObject({ failure, readAt: old.profileReadAt })
      const asked = (await apiRequests()).length
      await letPass(59)
      const another = createProfileSnapshots()
      expect(another.look(await read())).toMatchObject({ reading: { failure }, need: "nothing" })
      await another.revalidate(await read())
      expect(await apiRequests()).toHaveLength(asked)
      await letPass(2)
      expect(another.look(await read())).toMatchObject({ reading: { failure: null }, need: "answer" })
    },
  )

  test("new tokens are a new chance", async () => {
    await emulator.control.addFault({ match: { origin: "api" }, kind: "status", status: 503, times: null })
    const old = await readAgo(700)
    await snapshots.read(old)
    expect(snapshots.look(await read()).need).toBe("nothing")
    await change(sql`issued_at = now()`)
    expect(snapshots.look(await read()).need).toBe("answer")
  })

  test("an expired access token that could not be refreshed shows, however new the profile", async () => {
    await readAgo(5)
    await change(sql`expires_at = now() - interval '1 second'`)
    expect(snapshots.look(await read())).toMatchObject({
      reading: { failure: "bitbucket_unavailable" },
      need: "nothing",
    })
  })
})

test("the question behind the answer finds a revoked grant, so that the next page asks for a sign-in", async () => {
  const old = await readAgo(120)
  await emulator.control.revokeGrants("demo")
  await snapshots.revalidate(old)
  expect(await read()).toMatchObject({ status: "ended", profile: old.profile })
  expect((await read()).remainingSeconds).toBeLessThanOrEqual(0)
})

test("a reading that a sign-in has overtaken is not kept", async () => {
  const { accounts } = connections()
  const { profile } = await readAgo(1)
  await accounts.saveProfile(id, { ...profile, emails: null }, 2)
  expect((await read()).profile).toEqual(profile)
  await accounts.saveProfile(id, { ...profile, emails: null }, 0.5)
  expect((await read()).profile.emails).toBeNull()
})

describe("a profile that the connection page reads at each view", () => {
  test("and has not changed is written once a minute", async () => {
    await getCurrentProfile(await readAgo(1_000), "page:connection")
    const kept = await read()
    await getCurrentProfile(kept, "page:connection")
    expect((await read()).profileReadAt).toEqual(kept.profileReadAt)
    await change(sql`profile_read_at = now() - interval '61 seconds'`)
    await getCurrentProfile(await read(), "page:connection")
    expect((await read()).profileAgeSeconds).toBeLessThan(60)
  })

  test("and follows a failure is written immediately, so that the profile page shows it too", async () => {
    await readAgo(5)
    await connections().accounts.recordProfileFailure(id, "bitbucket_unavailable")
    await getCurrentProfile(await read(), "page:connection")
    expect(await read()).toMatchObject({ profileFailure: null })
  })

  test("and has changed is written immediately", async () => {
    await getCurrentProfile(await readAgo(1_000), "page:connection")
    const { profile } = await read()
    await change(sql`profile = jsonb_set(profile, '{account,displayName}', '"Former Name"')`)
    await getCurrentProfile(await read(), "page:connection")
    expect((await read()).profile).toEqual(profile)
  })
})
