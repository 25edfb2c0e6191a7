import { Client } from "pg"
import { startPgBouncer } from "../scripts/pgbouncer"
import { freePort } from "../scripts/server-process"
import { runCommand } from "../test/run-command"
import { createEmptyDatabase, startApp } from "./app-server"
import { expect, test } from "./fixtures"
import { refreshRequests } from "./person"
import { send } from "./security/http"
import { cookieHeader, Visitor } from "./security/visitor"
import { seedFor } from "./seeds"

const PAGES = 40
const ROUNDS = 2

// How long they take compared with those without a pooler: `npm run bench -- refresh`.
test("through PgBouncer: migrate twice, two servers, sign in, 40 pages at expiry: one refresh, no failure, no lock left", async ({
  emulator,
  environment,
}, testInfo) => {
  const direct = await createEmptyDatabase(`with_pooler_${testInfo.parallelIndex}`)
  const pgbouncer = await startPgBouncer(environment.DATABASE_URL ?? "")
  const DATABASE_URL = pgbouncer.pooled(direct)
  const ports = [String(await freePort()), String(await freePort())]
  const [url = "", other = ""] = ports.map((port) => `http://localhost:${port}`)
  const database = new Client(direct)
  const stops: (() => Promise<unknown>)[] = [pgbouncer.stop]
  try {
    const applied: number[] = []
    for (let run = 0; run < 2; run++) {
      const migrated = await runCommand("db:migrate", ["--json"], { DATABASE_URL, DATABASE_URL_UNPOOLED: "" })
      applied.push(JSON.parse(migrated.stdout).applied)
    }
    expect(applied).toEqual([expect.any(Number), 0])
    expect(applied[0]).toBeGreaterThan(0)

    await emulator.control.reset(seedFor(url))
    const ours = { ...environment, DATABASE_URL, AUTH_URL: url }
    const apps = await Promise.all(
      ports.map((PORT) => startApp({ ...ours, PORT }, `http://localhost:${PORT}`)),
    )
    for (const app of apps) stops.unshift(() => app.stop())
    await database.connect()
    stops.unshift(() => database.end())

    const visitor = new Visitor({ appUrl: url, emulator })
    expect((await visitor.signIn()).headers.location).toContain("/profile")
    await emulator.control.changeConfig({ refresh_grace_seconds: 0, latency_ms: 100 })
    const headers = { cookie: cookieHeader(visitor.cookies) }
    for (let round = 1; round <= ROUNDS; round++) {
      await database.query("update auth_bitbucket.connection set expires_at = now() - interval '1 second'")
      const pages = await Promise.all(
        Array.from({ length: PAGES }, (_, index) =>
          send(index % 2 === 0 ? url : other, "/profile", { headers }),
        ),
      )
      expect(pages.map(({ status }) => status)).toEqual(Array(PAGES).fill(200))
      for (const { text } of pages) expect(text).toContain("demo@example.com")
      expect((await refreshRequests(emulator)).map(({ status }) => status)).toEqual(Array(round).fill(200))
    }
    const locks = await database.query(
      `select from pg_locks where locktype = 'advisory'
          and database = (select oid from pg_database where datname = current_database())`,
    )
    expect(locks.rowCount).toBe(0)
  } finally {
    for (const stop of stops) await stop()
  }
})
