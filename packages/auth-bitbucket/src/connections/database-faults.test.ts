import { setTimeout as wait } from "node:timers/promises"
import { createPostgresStore } from "auth-bitbucket/postgres"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { Pool } from "pg"
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest"
import {
  type DatabaseFault,
  databaseFaults,
  startTemporaryPostgres,
  type TemporaryPostgres,
} from "@/test/database-faults"
import { startDatabaseProxy } from "@/test/database-proxy"
import { account, refreshRequests, signIn, startServer, tokenEndpoint } from "@/test/package-servers"
import { isPostgresUnreachable } from "../postgres/errors.ts"
import { TokenUnavailableError, UserAuthorizationRequiredError } from "./errors.ts"

/** Two servers, each with its own way through plain `pg` to one Postgres, while one of them refreshes. */
let postgres: TemporaryPostgres
let emulator: Emulator
let direct: Pool

function openPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 12_000, query_timeout: 1_500 })
  pool.on("error", () => undefined)
  pool.on("connect", (client) => client.on("error", () => undefined))
  return pool
}

const storeOn = (pool: Pool) => createPostgresStore({ query: (text, values) => pool.query(text, values) })

beforeAll(async () => {
  postgres = await startTemporaryPostgres("database-faults-")
  direct = openPool(postgres.url)
  await storeOn(direct).migrate()
  // A full disk is full for every table, those of the app too.
  await direct.query("create table auth_bitbucket.session (id int)")
  emulator = await startEmulator({ port: 0 })
})

afterAll(async () => {
  await emulator.close()
  await direct.end()
  await postgres.stop()
})

beforeEach(async () => {
  await emulator.control.reset()
  await direct.query("delete from auth_bitbucket.connection")
  const store = storeOn(direct)
  await signIn(startServer({ open: () => store, letSecondsPass }, emulator), emulator)
})

async function letSecondsPass(seconds: number): Promise<void> {
  await direct.query(
    `update auth_bitbucket.connection set issued_at = issued_at - make_interval(secs => $1),
       expires_at = expires_at - make_interval(secs => $1), lease_until = lease_until - make_interval(secs => $1)`,
    [seconds],
  )
}

const expire = () => letSecondsPass(7_201)

/** A server behind its own proxy, which waits with Bitbucket's tokens in hand until the test lets it go on. */
async function startOwnServer() {
  const proxy = await startDatabaseProxy(postgres.url)
  const pool = openPool(proxy.through(postgres.url))
  onTestFinished(async () => {
    await proxy.close()
    await pool.end()
  })
  const [hasTokens, mayStore] = [createSignal(), createSignal()]
  const heldFetch: typeof fetch = async (...request) => {
    const answer = await fetch(...request)
    hasTokens.give()
    await mayStore.given
    return answer
  }
  const store = { open: () => storeOn(pool), letSecondsPass }
  return {
    proxy,
    ...startServer(store, emulator, { oauth: { ...tokenEndpoint(emulator), fetch: heldFetch } }),
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
      if (error instanceof UserAuthorizationRequiredError || error instanceof TokenUnavailableError)
        return error.code
      if (isPostgresUnreachable(error)) return "database_unreachable"
      throw error
    },
  )

describe("new tokens during a database fault", () => {
  test.each(Object.keys(databaseFaults) as DatabaseFault[])(
    "end no connection, lose no refresh token and are stored once the database is back: %s",
    async (fault) => {
      const [holder, other] = [await startOwnServer(), await startOwnServer()]
      other.letStore()
      await expire()
      const refreshing = outcomeOf(holder.getToken(account))
      await holder.hasTokens
      const end = await databaseFaults[fault]({ postgres, proxies: [holder.proxy, other.proxy] })
      holder.letStore()
      const seen = await outcomeOf(other.getToken(account))
      await end()
      expect(["token", "bitbucket_unavailable", "database_unreachable"]).toContain(seen)
      expect(["token", "database_unreachable"]).toContain(await refreshing)

      // The lease of a holder that could not store in time expires after fifteen seconds.
      await direct.query("update auth_bitbucket.connection set lease_until = now()")
      await expect.poll(() => outcomeOf(other.getToken(account)), { timeout: 20_000 }).toBe("token")
      await expect.poll(() => outcomeOf(holder.getToken(account)), { timeout: 20_000 }).toBe("token")
      await expire()
      expect(await outcomeOf(other.getToken(account)), "the refresh token that was kept works").toBe("token")
      expect(new Set((await refreshRequests(emulator)).map(({ status }) => status))).toEqual(new Set([200]))
      const { rows } = await direct.query("select status from auth_bitbucket.connection")
      expect(rows).toEqual([{ status: "active" }])
    },
  )

  test("are stored when a database that was down for seconds is back, although Bitbucket has retired the old ones", async () => {
    await emulator.control.changeConfig({ refresh_grace_seconds: 0 })
    const holder = await startOwnServer()
    await expire()
    const refreshing = outcomeOf(holder.getToken(account))
    await holder.hasTokens
    await holder.proxy.shut()
    holder.letStore()
    await wait(4_000)
    await holder.proxy.open()
    expect(await refreshing, "the waiting caller has the token").toBe("token")
    await expire()
    expect(await outcomeOf(holder.getToken(account))).toBe("token")
    expect((await refreshRequests(emulator)).map(({ status }) => status)).toEqual([200, 200])
  })

  test("keep people waiting for twelve seconds at most if the network drops everything, and are stored later", async () => {
    await emulator.control.changeConfig({ refresh_grace_seconds: 0 })
    const holder = await startOwnServer()
    await expire()
    const startedAt = performance.now()
    const callers = [1, 2].map(() => outcomeOf(holder.getToken(account)))
    await holder.hasTokens
    const end = await databaseFaults["a network that passes nothing"]({ postgres, proxies: [holder.proxy] })
    holder.letStore()
    expect(await Promise.all(callers)).toEqual(["database_unreachable", "database_unreachable"])
    expect(performance.now() - startedAt).toBeLessThan(14_000)
    await end()
    await expect
      .poll(async () => (await direct.query("select version from auth_bitbucket.connection")).rows, {
        timeout: 20_000,
      })
      .toEqual([{ version: 2 }])
    expect(await outcomeOf(holder.getToken(account))).toBe("token")
  })
})
