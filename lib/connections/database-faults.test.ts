import { setTimeout as wait } from "node:timers/promises"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { sql } from "drizzle-orm"
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest"
import { type Database, openDatabase } from "@/lib/db/client"
import { isDatabaseUnreachable } from "@/lib/db/errors"
import { migrateDatabase } from "@/lib/db/migrate"
import { connection } from "@/lib/db/schema"
import { startTemporaryPostgres, type TemporaryPostgres } from "@/scripts/embedded-postgres"
import { obtainGrant } from "@/test/bitbucket-grant"
import { connect, createConnectionServer, letPass, refreshRequests, secrets } from "@/test/connection-server"
import { type DatabaseFault, databaseFaults } from "@/test/database-faults"
import { startDatabaseProxy } from "@/test/database-proxy"
import { stubEnvironment } from "@/test/stub-environment"
import { createAccessTokens } from "./access-token"
import { ConnectionError } from "./errors"

/** Two servers, each with a way of its own to one Postgres, while one of them refreshes. */
let postgres: TemporaryPostgres
let emulator: Emulator
let db: Database
let id: string

beforeAll(async () => {
  stubEnvironment({ LOG_LEVEL: "silent" })
  postgres = await startTemporaryPostgres("database-faults-")
  await migrateDatabase(postgres.url)
  const direct = openDatabase(postgres.url)
  db = direct.db
  return async () => {
    await direct.close()
    await postgres.stop()
  }
})

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
})
afterAll(() => emulator.close())

beforeEach(async () => {
  stubEnvironment({ LOG_LEVEL: "silent" })
  await emulator.control.reset()
  await db.delete(connection)
  id = await connect(db, await obtainGrant(emulator.siteUrl, "demo"))
})

/** A server of ours behind a proxy of its own, which waits with Bitbucket's tokens in hand until it is let go on. */
async function startServer() {
  const proxy = await startDatabaseProxy(postgres.url)
  const opened = openDatabase(proxy.through(postgres.url), { statementTimeoutMs: 500 })
  onTestFinished(async () => {
    await proxy.close()
    await opened.close()
  })
  const { store, refresh } = createConnectionServer(opened.db, emulator)
  const [hasTokens, mayStore] = [createSignal(), createSignal()]
  const heldRefresh: typeof refresh = async (refreshToken) => {
    const outcome = await refresh(refreshToken)
    hasTokens.give()
    await mayStore.given
    return outcome
  }
  return {
    proxy,
    ...createAccessTokens({ store, refresh: heldRefresh, secrets }),
    hasTokens: hasTokens.given,
    letStore: mayStore.give,
  }
}

function createSignal(): { given: Promise<void>; give: () => void } {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}

const outcomeOf = (call: Promise<unknown>) =>
  call.then(
    () => "token",
    (error: unknown) => {
      if (isDatabaseUnreachable(error)) return "database_unreachable"
      if (error instanceof ConnectionError) return error.code
      throw error
    },
  )

describe("new tokens that meet", () => {
  test.each(Object.keys(databaseFaults) as DatabaseFault[])(
    "%s end no connection, lose no refresh token and are stored once the database is back",
    async (fault) => {
      const [holder, other] = [await startServer(), await startServer()]
      other.letStore()
      await letPass(db, -1)
      const refreshing = outcomeOf(holder.getAccessToken(id))
      await holder.hasTokens
      const end = await databaseFaults[fault]({ postgres, proxies: [holder.proxy, other.proxy] })
      holder.letStore()
      const seen = await outcomeOf(other.getAccessToken(id))
      await end()
      expect(["token", "bitbucket_unavailable", "database_unreachable"]).toContain(seen)
      expect(["token", "database_unreachable"]).toContain(await refreshing)

      // What a holder leaves behind that could not store in time expires by itself after fifteen seconds.
      await db.update(connection).set({ leaseUntil: sql`now()` })
      await expect.poll(() => outcomeOf(other.getAccessToken(id)), { timeout: 20_000 }).toBe("token")
      await expect.poll(() => outcomeOf(holder.getAccessToken(id)), { timeout: 20_000 }).toBe("token")
      await letPass(db, -1)
      expect(await outcomeOf(other.getAccessToken(id)), "the refresh token that was kept works").toBe("token")
      expect(new Set((await refreshRequests(emulator)).map(({ status }) => status))).toEqual(new Set([200]))
      const rows = await db.select({ status: connection.status }).from(connection)
      expect(rows).toEqual([{ status: "active" }])
    },
  )

  test("a database that is down for seconds are stored when it is back, though Bitbucket has retired the old ones", async () => {
    await emulator.control.changeConfig({ refresh_grace_seconds: 0 })
    const holder = await startServer()
    await letPass(db, -1)
    const refreshing = outcomeOf(holder.getAccessToken(id))
    await holder.hasTokens
    await holder.proxy.shut()
    holder.letStore()
    await wait(4_000)
    await holder.proxy.open()
    expect(await refreshing, "who waited has the token").toBe("token")
    await letPass(db, -1)
    expect(await outcomeOf(holder.getAccessToken(id))).toBe("token")
    expect((await refreshRequests(emulator)).map(({ status }) => status)).toEqual([200, 200])
  })

  test("a network that passes nothing keep people waiting for twelve seconds at most, and are stored later", async () => {
    await emulator.control.changeConfig({ refresh_grace_seconds: 0 })
    const holder = await startServer()
    await letPass(db, -1)
    const startedAt = performance.now()
    const callers = [1, 2].map(() => outcomeOf(holder.getAccessToken(id)))
    await holder.hasTokens
    const end = await databaseFaults["a network that passes nothing"]({ postgres, proxies: [holder.proxy] })
    holder.letStore()
    expect(await Promise.all(callers)).toEqual(["database_unreachable", "database_unreachable"])
    expect(performance.now() - startedAt).toBeLessThan(14_000)
    await end()
    await expect
      .poll(() => db.select({ version: connection.version }).from(connection), { timeout: 20_000 })
      .toEqual([{ version: 2 }])
    expect(await outcomeOf(holder.getAccessToken(id))).toBe("token")
  })
})
