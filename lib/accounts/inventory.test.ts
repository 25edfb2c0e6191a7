import { eq, sql } from "drizzle-orm"
import { expect, test } from "vitest"
import { connection, session } from "@/lib/db/schema"
import { connect, grant, uuidOf } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { createInventory } from "./inventory"

test("an operator sees the state of each connection and its signed-in browsers, and no token", async () => {
  const { db } = await createTestDatabase()
  const id = await connect(db, grant, uuidOf(1))
  await db.insert(session).values([
    { idHash: "live", connectionId: id, expiresAt: new Date(Date.now() + 60_000) },
    { idHash: "over", connectionId: id, expiresAt: new Date(Date.now() - 60_000) },
  ])
  const ended = await connect(db, grant, uuidOf(2))
  await db
    .update(connection)
    .set({ status: "dead", expiresAt: new Date(0) })
    .where(eq(connection.id, ended))

  const { connections: entries } = await createInventory(db).list(10)
  expect(entries).toMatchObject([
    { accountUuid: uuidOf(1), state: "connected", signedInBrowsers: 1 },
    { accountUuid: uuidOf(2), state: "ended", signedInBrowsers: 0 },
  ])
  const { rows } = await db.execute(sql`select sealed_tokens from ${connection}`)
  for (const { sealed_tokens } of rows) expect(JSON.stringify(entries)).not.toContain(sealed_tokens)
  expect(Object.keys(entries[0] ?? {}).filter((key) => /token|secret|sealed|email/i.test(key))).toEqual([])
})

test("a row that cannot be read hides no other: the operator learns whose it is and the column, and no value", async () => {
  const { db } = await createTestDatabase()
  const ids: string[] = []
  for (const number of [1, 2, 3, 4]) ids.push(await connect(db, grant, uuidOf(number)))
  await db.execute(sql`update ${connection} set expires_at = 'infinity' where id = ${ids[1]}`)
  await db.execute(sql`update ${connection} set profile = '{"secret": "value"}' where id = ${ids[2]}`)
  const { connections, unreadable } = await createInventory(db).list(10)
  expect(connections.map(({ id }) => id)).toEqual([ids[0], ids[3]])
  expect(unreadable).toEqual([
    { id: ids[1], accountUuid: uuidOf(2), signedInBrowsers: 0, column: "expiresAt" },
    { id: ids[2], accountUuid: uuidOf(3), signedInBrowsers: 0, column: "profile.account" },
  ])
})

test("a connection is found by the account's uuid, by its id, and by a username that several may share", async () => {
  const { db } = await createTestDatabase()
  const id = await connect(db, grant, uuidOf(1))
  await connect(db, grant, uuidOf(2))
  await db.update(connection).set({ profile: { account: { uuid: uuidOf(1), username: "sam" } } })
  const { findAccounts } = createInventory(db)
  for (const name of [uuidOf(1), uuidOf(1).slice(1, -1), uuidOf(1).toUpperCase(), id])
    expect((await findAccounts(name)).map((found) => found.id)).toEqual([id])
  expect(await findAccounts("sam")).toHaveLength(2)
  expect(await findAccounts("' or true --")).toEqual([])
  const ofDataCenter = await connect(db, grant, "https://a.example#5")
  for (const name of ["5", "https://a.example#5"])
    expect((await findAccounts(name)).map((found) => found.id)).toEqual([ofDataCenter])
  expect((await findAccounts("5"))[0]?.accountUuid).toBe("https://a.example#5")
  await connect(db, grant, "https://b.example#5")
  expect(await findAccounts("5"), "of two servers").toHaveLength(2)
  expect(await findAccounts("55")).toEqual([])
})

test("a username in the form of another account's id finds no one: an operator acts on the account with that id", async () => {
  const { db } = await createTestDatabase()
  const id = await connect(db, grant, uuidOf(1))
  const ofDataCenter = await connect(db, grant, "https://a.example#5")
  const { findAccounts } = createInventory(db)
  for (const name of [uuidOf(1), uuidOf(1).slice(1, -1), id, "https://a.example#5", "5"]) {
    const stranger = await connect(db, grant, "https://a.example#6")
    await db
      .update(connection)
      .set({ profile: { account: { username: name } } })
      .where(eq(connection.id, stranger))
    const found = (await findAccounts(name)).map(({ id }) => id)
    expect(found).toEqual([name.endsWith("5") && !name.includes("-") ? ofDataCenter : id])
  }
})
