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
const ROUNDS = 3

/** Milliseconds that each took. */
type Times = { signIn: number; pages: number }

test("through PgBouncer: migrate twice, two servers, sign in, 40 pages at expiry: one refresh, no failure, no lock left, no slower", async ({
  emulator,
  environment,
}, testInfo) => {
  test.setTimeout(240_000)

  /** @param address of a database, which the servers and the migrations then use */
  async function deploy(name: string, address: (databaseUrl: string) => string): Promise<Times> {
    const direct = await createEmptyDatabase(`${name}_${testInfo.parallelIndex}`)
    const DATABASE_URL = address(direct)
    const applied: number[] = []
    for (let run = 0; run < 2; run++) {
      const migrated = await runCommand("db:migrate", ["--json"], { DATABASE_URL, DATABASE_URL_UNPOOLED: "" })
      applied.push(JSON.parse(migrated.stdout).applied)
    }
    expect(applied).toEqual([expect.any(Number), 0])
    expect(applied[0]).toBeGreaterThan(0)

    const ports = [String(await freePort()), String(await freePort())]
    const [url = "", other = ""] = ports.map((port) => `http://localhost:${port}`)
    await emulator.control.reset(seedFor(url))
    const ours = { ...environment, DATABASE_URL, AUTH_URL: url }
    const apps = await Promise.all(
      ports.map((PORT) => startApp({ ...ours, PORT }, `http://localhost:${PORT}`)),
    )
    const database = new Client(direct)
    await database.connect()
    try {
      const visitor = new Visitor({ appUrl: url, emulator })
      const signInStartedAt = performance.now()
      expect((await visitor.signIn()).headers.location).toContain("/profile")
      const signIn = performance.now() - signInStartedAt
      await emulator.control.changeConfig({ refresh_grace_seconds: 0, latency_ms: 100 })
      const headers = { cookie: cookieHeader(visitor.cookies) }

      const rounds: number[] = []
      for (let round = 1; round <= ROUNDS; round++) {
        await database.query("update auth_bitbucket.connection set expires_at = now() - interval '1 second'")
        const startedAt = performance.now()
        const pages = await Promise.all(
          Array.from({ length: PAGES }, (_, index) =>
            send(index % 2 === 0 ? url : other, "/profile", { headers }),
          ),
        )
        rounds.push(performance.now() - startedAt)
        expect(pages.map(({ status }) => status)).toEqual(Array(PAGES).fill(200))
        for (const { text } of pages) expect(text).toContain("demo@example.com")
        expect((await refreshRequests(emulator)).map(({ status }) => status)).toEqual(Array(round).fill(200))
      }
      const locks = await database.query(
        `select from pg_locks where locktype = 'advisory'
            and database = (select oid from pg_database where datname = current_database())`,
      )
      expect(locks.rowCount).toBe(0)
      return { signIn, pages: Math.min(...rounds) }
    } finally {
      await database.end()
      await Promise.all(apps.map((app) => app.stop()))
    }
  }

  const direct = await deploy("without_pooler", (databaseUrl) => databaseUrl)
  const pgbouncer = await startPgBouncer(environment.DATABASE_URL ?? "")
  try {
    const pooled = await deploy("with_pooler", pgbouncer.pooled)
    testInfo.annotations.push({ type: "milliseconds", description: JSON.stringify({ direct, pooled }) })
    // Double the time and one second allow for the machine; a pooler that made people wait would cost seconds per page.
    for (const step of ["signIn", "pages"] as const)
      expect(pooled[step], step).toBeLessThan(direct[step] * 2 + 1_000)
  } finally {
    await pgbouncer.stop()
  }
})
