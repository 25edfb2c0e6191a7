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

  const entries = await createInventory(db).list(10)
  expect(entries).toMatchObject([
    { accountUuid: uuidOf(1), state: "connected", signedInBrowsers: 1 },
    { accountUuid: uuidOf(2), state: "ended", signedInBrowsers: 0 },
  ])
  const { rows } = await db.execute(sql`select sealed_tokens from ${connection}`)
  for (const { sealed_tokens } of rows) expect(JSON.stringify(entries)).not.toContain(sealed_tokens)
  expect(Object.keys(entries[0] ?? {}).filter((key) => /token|secret|sealed|email/i.test(key))).toEqual([])
})

test("a connection is found by the account's uuid, by its id, and by a username that several may share", async () => {
  const { db } = await createTestDatabase()
  const id = await connect(db, grant, uuidOf(1))
  await connect(db, grant, uuidOf(2))
  await db.update(connection).set({ profile: { account: { uuid: uuidOf(1), username: "sam" } } })
  const { find } = createInventory(db)
  for (const name of [uuidOf(1), uuidOf(1).slice(1, -1), uuidOf(1).toUpperCase(), id])
    expect((await find(name)).map(({ entry }) => entry.id)).toEqual([id])
  expect(await find("sam")).toHaveLength(2)
  expect(await find("' or true --")).toEqual([])
  const ofDataCenter = await connect(db, grant, "https://a.example#5")
  for (const name of ["5", "https://a.example#5"])
    expect((await find(name)).map(({ entry }) => entry.id)).toEqual([ofDataCenter])
  expect((await find("5"))[0]?.entry.issuer).toBe("https://a.example")
  await connect(db, grant, "https://b.example#5")
  expect(await find("5"), "of two servers").toHaveLength(2)
  expect(await find("55")).toEqual([])
})

test("a username in the form of another account's id finds no one: an operator acts on the account with that id", async () => {
  const { db } = await createTestDatabase()
  const id = await connect(db, grant, uuidOf(1))
  const ofDataCenter = await connect(db, grant, "https://a.example#5")
  const { find } = createInventory(db)
  for (const name of [uuidOf(1), uuidOf(1).slice(1, -1), id, "https://a.example#5", "5"]) {
    const stranger = await connect(db, grant, "https://a.example#6")
    await db
      .update(connection)
      .set({ profile: { account: { username: name } } })
      .where(eq(connection.id, stranger))
    const found = (await find(name)).map(({ entry }) => entry.id)
    expect(found).toEqual([name.endsWith("5") && !name.includes("-") ? ofDataCenter : id])
  }
})
