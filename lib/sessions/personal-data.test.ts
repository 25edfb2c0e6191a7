import { sql } from "drizzle-orm"
import { expect, test } from "vitest"
import { createTokenUses } from "@/lib/accounts/token-uses"
import { activity, connection, session } from "@/lib/db/schema"
import { accountUuid, connect, grant, uuidOf } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { createPersonalData } from "./personal-data"
import { createSessionStore } from "./session-store"

const [own, other] = [accountUuid, uuidOf(7)]

async function twoPeople() {
  const { db } = await createTestDatabase()
  stubEnvironment()
  for (const account of [own, other]) {
    await connect(db, grant, account)
    const profile = (await db.select().from(connection))[0]?.profile
    for (const userAgent of ["Firefox/145 Linux", "second browser"])
      await createSessionStore(db).signIn({
        account,
        profile: profile as never,
        save: (store) =>
          store.save(account, {
            sealedTokens: "sealed-tokens-of-the-person",
            lifetimeSeconds: 7_200,
            scopes: ["account"],
          }),
        userAgent,
        previousSid: null,
      })
    const uses = createTokenUses(() => db)
    uses.note(account, "page:profile")
    await uses.flush()
  }
  return db
}

test("a person's data holds their profile, connection, sessions and activity, and nothing that gives access", async () => {
  const db = await twoPeople()
  const data = await createPersonalData(db).collect(own)
  expect(data).toMatchObject({
    account: own,
    profile: { account: { displayName: "Demo" } },
    connection: { scopes: ["account"], status: "active", staysConnected: false },
    activity: [
      { kind: "signed_in", detail: null },
      { kind: "signed_in", detail: "Firefox on Linux" },
    ],
    tokenUses: [{ purpose: "page:profile", count: 1 }],
  })
  expect(data?.sessions.map(({ userAgent }) => userAgent).sort()).toEqual([
    "Firefox/145 Linux",
    "second browser",
  ])
  const text = JSON.stringify(data)
  expect(text).not.toContain("sealed")
  for (const { idHash, reference } of await db.select().from(session)) {
    expect(text).not.toContain(idHash)
    expect(text).not.toContain(reference)
  }
  expect(text).not.toContain(other)
})

test("a person whose profile was never stored gets all their other data", async () => {
  const db = await twoPeople()
  await db.update(connection).set({ profile: null })
  const data = await createPersonalData(db).collect(own)
  expect(data).toMatchObject({ profile: null, connection: { status: "active" } })
  expect(data?.sessions).toHaveLength(2)
})

test("a person's data calls a connection ended as their pages do", async () => {
  const db = await twoPeople()
  await db.update(connection).set({ status: "dead", lastFailure: "dead_grant" })
  const data = await createPersonalData(db).collect(own)
  expect(data?.connection).toMatchObject({ status: "ended", lastFailure: "dead_grant" })
})

test("deleting a person's data leaves none of theirs in any table, and all of other people's", async () => {
  const db = await twoPeople()
  expect(await createPersonalData(db).erase(own)).toEqual({
    connections: 1,
    sessions: 2,
    activity: 2,
    tokenUses: 1,
  })
  expect(await createPersonalData(db).collect(own)).toBeNull()
  expect(await createPersonalData(db).erase(own)).toEqual({
    connections: 0,
    sessions: 0,
    activity: 0,
    tokenUses: 0,
  })
  const counts = await Promise.all([connection, session, activity].map((table) => db.$count(table)))
  expect(counts).toEqual([1, 2, 2])
  expect((await createPersonalData(db).collect(other))?.sessions).toHaveLength(2)
})

test("the activity of a person who disconnected long ago is exported and deleted as well", async () => {
  const db = await twoPeople()
  await db.delete(connection)
  expect(await createPersonalData(db).collect(own)).toMatchObject({
    profile: null,
    connection: null,
    sessions: [],
    activity: [{ kind: "signed_in" }, { kind: "signed_in" }],
  })
  expect(await createPersonalData(db).erase(own)).toEqual({
    connections: 0,
    sessions: 0,
    activity: 2,
    tokenUses: 1,
  })
})

test("where one part cannot be deleted, nothing is", async () => {
  const db = await twoPeople()
  await db.execute(sql`create function refuse() returns trigger language plpgsql as $$
    begin raise exception 'refused'; end $$`)
  await db.execute(
    sql`create trigger refuse before delete on ${activity} for each row execute function refuse()`,
  )
  await expect(createPersonalData(db).erase(own)).rejects.toThrow()
  expect((await createPersonalData(db).collect(own))?.sessions).toHaveLength(2)
})
