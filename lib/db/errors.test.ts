import { createServer } from "node:net"
import { inspect } from "node:util"
import { sql } from "drizzle-orm"
import { DatabaseError as PostgresError } from "pg"
import { expect, onTestFinished, test } from "vitest"
import { freePort } from "@/scripts/server-process"
import { createTestDatabase, createTestDatabaseUrl } from "@/test/database"
import { type Database, openDatabase } from "./client"
import { type DatabaseError, databaseErrorOf } from "./errors"
import { connection } from "./schema"

const canary = "canary@example.com"

/** A row that Postgres accepts once. */
const row = {
  accountUuid: canary,
  sealedTokens: canary,
  scopes: [canary],
  issuedAt: new Date(),
  expiresAt: new Date(),
  profile: { account: canary },
  profileReadAt: new Date(),
}

async function failureOf(work: Promise<unknown>): Promise<DatabaseError> {
  const error = await work.then(
    () => expect.fail("it should have failed"),
    (thrown: DatabaseError) => thrown,
  )
  for (const text of [inspect(error, { depth: 20, showHidden: true }), error.stack, JSON.stringify(error)])
    expect(text).not.toMatch(/canary|insert into|select|Key \(/i)
  expect(error.cause).toBeUndefined()
  return error
}

const failing: [string, string | undefined, (db: Database) => Promise<unknown>, DatabaseError["code"]][] = [
  [
    "a row that is there already",
    "23505",
    async (db) => {
      await db.insert(connection).values(row)
      await db.insert(connection).values(row)
    },
    "database_refused",
  ],
  ["a value that does not fit", "22P02", (db) => db.execute(sql`select ${canary}::uuid`), "database_refused"],
  [
    "a table that is not there",
    "42P01",
    (db) => db.execute(sql`select ${canary} from nowhere`),
    "database_refused",
  ],
  ["a value that cannot be sent", undefined, (db) => db.execute(sql`select ${cyclic()}`), "database_refused"],
  [
    "a statement that takes too long",
    "57014",
    (db) =>
      db.execute(sql`select set_config('statement_timeout', '50', false), ${canary}`).then(() => slowly(db)),
    "database_unreachable",
  ],
  [
    "a server that takes no writes",
    "25006",
    (db) =>
      db.transaction(async (tx) => {
        await tx.execute(sql`set transaction read only`)
        await tx.insert(connection).values(row)
      }),
    "database_unreachable",
  ],
  [
    "a connection that the server ends",
    "57P01",
    (db) => db.execute(sql`select pg_terminate_backend(pg_backend_pid()), ${canary}`),
    "database_unreachable",
  ],
  [
    "a transaction that another one came before",
    "40001",
    async (db) => {
      const raise = sql.raw(
        `do $$ begin raise exception '${canary}' using errcode = '40001', detail = '${canary}'; end $$`,
      )
      await db.execute(raise)
    },
    "database_conflict",
  ],
]

function cyclic(): object {
  const value: { self?: object; name: string } = { name: canary }
  value.self = value
  return value
}

const slowly = (db: Database) => db.execute(sql`select pg_sleep(5), ${canary}`)

for (const [what, sqlState, run, code] of failing)
  test(`${what} fails as ${code}, with the SQLSTATE and without the statement, its values or Postgres's words`, async () => {
    const url = await createTestDatabaseUrl()
    const { db, close } = openDatabase(url, { maxConnections: 1 })
    onTestFinished(close)
    expect(await failureOf(run(db))).toMatchObject({ code, sqlState })
  })

test("a database that cannot be reached fails as unreachable, with the code of the socket", async () => {
  const { db, close } = openDatabase(
    `postgres://${canary.replace("@", "%40")}@127.0.0.1:${await freePort()}/app`,
  )
  onTestFinished(close)
  const error = await failureOf(db.execute(sql`select ${canary}`))
  expect(error).toMatchObject({ code: "database_unreachable", reason: "ECONNREFUSED" })
  expect(await failureOf(db.transaction((tx) => tx.execute(sql`select 1`)))).toMatchObject({
    code: "database_unreachable",
  })
})

test("a connection that breaks off fails as unreachable", async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1")
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once("listening", resolve))
  const address = server.address()
  const port = typeof address === "object" ? address?.port : 0
  const { db, close } = openDatabase(`postgres://app@127.0.0.1:${port}/app`)
  onTestFinished(close)
  const error = await failureOf(db.execute(sql`select ${canary}`))
  expect(error.code).toBe("database_unreachable")
  expect(["connection_lost", "ECONNRESET"]).toContain(error.reason)
})

test("a failed statement names the function that sent it", async () => {
  const { db } = await createTestDatabase()
  async function asksForNowhere() {
    await db.execute(sql`select 1 from nowhere`)
  }
  async function buildsAQueryThatFails() {
    await db.insert(connection).values({ ...row, scopes: sql`1` })
  }
  expect((await failureOf(asksForNowhere())).stack).toContain("asksForNowhere")
  expect((await failureOf(buildsAQueryThatFails())).stack).toContain("buildsAQueryThatFails")
})

test("each SQLSTATE means one of three things", () => {
  const codeOf = (sqlState: string) => {
    const error = new PostgresError("message", 0, "error")
    return databaseErrorOf(Object.assign(error, { code: sqlState, severity: "ERROR" }))?.code
  }
  const meanings: Partial<Record<DatabaseError["code"], string[]>> = {
    database_unreachable: ["08006", "08P01", "53100", "53300", "57P01", "57P03", "57014", "25006", "58030"],
    database_conflict: ["40001", "40P01", "55P03"],
    database_refused: ["22001", "23505", "25P02", "28P01", "3D000", "42501", "42P01", "P0001", "XX000"],
  }
  for (const [code, sqlStates] of Object.entries(meanings))
    for (const sqlState of sqlStates) expect(codeOf(sqlState), sqlState).toBe(code)
})

test("an error that is not the database's comes out of a transaction as it is", async () => {
  const { db } = await createTestDatabase()
  const ours = new TypeError("of ours")
  await expect(db.transaction(() => Promise.reject(ours))).rejects.toBe(ours)
})
