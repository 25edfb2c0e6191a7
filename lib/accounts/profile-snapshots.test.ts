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
import { getCurrentProfile } from "./current-profile"
import { createProfileSnapshots } from "./profile-snapshots"

let emulator: Emulator
let db: Database
let id: string
let account: string
let clock: number
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
  clock = 0
  snapshots = createProfileSnapshots({ ask: getCurrentProfile, freshSeconds: () => 60, now: () => clock })
})

afterAll(() => emulator.close())

async function read(): Promise<Connection> {
  const current = await connections().accounts.read(account)
  if (!current) throw new Error("The connection of this test is gone")
  return current
}

/** As if the profile, whole, had been read so many seconds ago. */
async function readAgo(seconds: number): Promise<Connection> {
  await change(sql`profile_read_at = now() - make_interval(secs => ${seconds}),
    issued_at = now() - interval '20 minutes', profile = jsonb_set(profile, '{emails}', '[]')`)
  return read()
}

const change = (assignments: SQL) => db.execute(sql`update ${connection} set ${assignments}`)

async function apiRequests() {
  return (await emulator.control.listRequests()).filter(({ origin }) => origin === "api")
}

describe("a profile that was read", () => {
  test("less than a minute ago is shown, and nobody is asked", async () => {
    expect(snapshots.look(await readAgo(59))).toMatchObject({
      reading: { standing: "current", profile: { account: { displayName: "Demo" } } },
      need: "nothing",
    })
  })

  test("some minutes ago is shown at once, and read again behind the answer, once for all who saw it", async () => {
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

  test("longer ago than ten minutes waits for Bitbucket's word, which all who wait share", async () => {
    const old = await readAgo(601)
    expect(snapshots.look(old).need).toBe("answer")
    const readings = await Promise.all(Array.from({ length: 20 }, () => snapshots.read(old)))
    for (const { profile, standing } of readings)
      expect([profile.account.displayName, standing]).toEqual(["Demo Person", "current"])
    expect(await apiRequests()).toHaveLength(2)
  })

  test("at a sign-in that could not read the addresses is read again, and believed from then on", async () => {
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
  ] as const)("(%i) it is asked once a minute, and the page says so", async (status, standing) => {
    await emulator.control.addFault({ match: { origin: "api" }, kind: "status", status, times: null })
    const old = await readAgo(700)
    expect(await snapshots.read(old)).toMatchObject({ standing, readAt: old.profileReadAt })
    const asked = (await apiRequests()).length
    clock = 59_999
    expect(snapshots.look(old)).toMatchObject({ reading: { standing }, need: "nothing" })
    await snapshots.revalidate(old)
    expect(await apiRequests()).toHaveLength(asked)
    clock = 60_000
    expect(snapshots.look(old).need).toBe("answer")
    expect(snapshots.look(await readAgo(120)).need).toBe("revalidation")
  })

  test("new tokens are a new chance", async () => {
    await emulator.control.addFault({ match: { origin: "api" }, kind: "status", status: 503, times: null })
    const old = await readAgo(700)
    await snapshots.read(old)
    expect(snapshots.look({ ...old, version: old.version + 1 }).need).toBe("answer")
  })

  test("an access token that lapsed and could not be renewed is told, however new the profile", async () => {
    await readAgo(5)
    await change(sql`expires_at = now() - interval '1 second'`)
    expect(snapshots.look(await read())).toMatchObject({
      reading: { standing: "bitbucket_unavailable" },
      need: "nothing",
    })
  })
})

test("a grant that was revoked is found out behind the answer, so that the next page asks for a sign-in", async () => {
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

describe("a profile that is asked for at each view", () => {
  test("and has not changed is written once a minute", async () => {
    await getCurrentProfile(await readAgo(1_000))
    const kept = await read()
    await getCurrentProfile(kept)
    expect((await read()).profileReadAt).toEqual(kept.profileReadAt)
    await change(sql`profile_read_at = now() - interval '61 seconds'`)
    await getCurrentProfile(await read())
    expect((await read()).profileAgeSeconds).toBeLessThan(60)
  })

  test("and has changed is written at once", async () => {
    await getCurrentProfile(await readAgo(1_000))
    const { profile } = await read()
    await change(sql`profile = jsonb_set(profile, '{account,displayName}', '"Former Name"')`)
    await getCurrentProfile(await read())
    expect((await read()).profile).toEqual(profile)
  })
})
