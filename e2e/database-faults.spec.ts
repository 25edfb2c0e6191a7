import { setTimeout as wait } from "node:timers/promises"
import { Client } from "pg"
import { migrateDatabase } from "../lib/db/migrate"
import { startTemporaryPostgres } from "../scripts/embedded-postgres"
import { freePort } from "../scripts/server-process"
import { type DatabaseFault, databaseFaults } from "../test/database-faults"
import { startDatabaseProxy } from "../test/database-proxy"
import { startApp } from "./app-server"
import { expect, test } from "./fixtures"
import { type Answer, send } from "./security/http"
import { cookieHeader, Visitor } from "./security/visitor"
import { seedFor } from "./seeds"

/** Ada has a valid token. Bo's has expired, and the new one is on its way from Bitbucket when the fault begins. */
const names = ["ada", "bo"] as const
const BITBUCKET_TAKES_MS = 2_000

test("whatever fails between the app and its database, people see their own page or an error page, and stay signed in", async ({
  emulator,
  environment,
}, testInfo) => {
  const postgres = await startTemporaryPostgres("database-faults-")
  await migrateDatabase(postgres.url)
  const proxy = await startDatabaseProxy(postgres.url)
  const port = String(await freePort())
  const url = `http://localhost:${port}`
  await emulator.control.reset(seedFor(url, names))
  const app = await startApp({
    ...environment,
    PORT: port,
    AUTH_URL: url,
    DATABASE_URL: proxy.through(postgres.url),
  })

  async function ask(text: string) {
    const client = new Client(postgres.url)
    await client.connect()
    return client.query(text).finally(() => client.end())
  }
  const visitors = new Map<string, Visitor>()
  async function view(name: string): Promise<Answer> {
    const headers = { cookie: cookieHeader(visitors.get(name)?.cookies ?? new Map()) }
    const answer = await send(url, "/profile", { headers })
    const { location = "" } = answer.headers
    expect(answer.setCookies).toEqual([])
    if (!location.includes("error=database_unavailable")) return answer
    const { pathname, search } = new URL(location, url)
    return send(url, pathname + search, { headers })
  }
  function expectOwn(name: string, { status, text }: Answer): string {
    if (status === 503) expect(text).toContain("if you were signed in you still are")
    else expect([status, text]).toEqual([200, expect.stringContaining(`${name}@example.com`)])
    return status === 503 ? "database unavailable" : "own page"
  }

  try {
    for (const name of names) {
      const visitor = new Visitor({ appUrl: url, emulator })
      await visitor.signIn(name)
      visitors.set(name, visitor)
    }
    for (const fault of Object.keys(databaseFaults) as DatabaseFault[])
      await test.step(fault, async () => {
        await ask(
          "update auth_bitbucket.connection set expires_at = now() - interval '1 second' where profile #>> '{account,username}' = 'bo'",
        )
        const match = { grant_type: "refresh_token" }
        await emulator.control.addFault({ match, kind: "delay", delay_ms: BITBUCKET_TAKES_MS })
        const waiting = view("bo")
        await expect
          .poll(
            async () =>
              (await ask("select from auth_bitbucket.connection where lease_owner is not null")).rowCount,
          )
          .toBe(1)
        const end = await databaseFaults[fault]({ postgres, proxies: [proxy] })
        const meanwhile = await view("ada")
        // By then the new tokens have met the fault.
        await Promise.race([waiting, wait(BITBUCKET_TAKES_MS + 1_000)])
        await end()
        const seen = { waiting: await waiting, meanwhile }
        const [whoWaited, whoCame] = [expectOwn("bo", seen.waiting), expectOwn("ada", seen.meanwhile)]
        testInfo.annotations.push({
          type: fault,
          description: `waiting: ${whoWaited}; meanwhile: ${whoCame}`,
        })
        for (const name of names)
          await expect.poll(async () => (await view(name)).text.includes(`${name}@example.com`)).toBe(true)
        await expect
          .poll(
            async () =>
              (
                await ask(
                  "select from auth_bitbucket.connection where status = 'active' and expires_at > now()",
                )
              ).rowCount,
          )
          .toBe(names.length)
        expect((await ask("select from auth_bitbucket.session")).rowCount).toBe(names.length)
      })
    const refreshes = (await emulator.control.listRequests()).filter(
      ({ grant_type }) => grant_type === "refresh_token",
    )
    expect(refreshes.map(({ status }) => status).filter((status) => status !== 200)).toEqual([])
  } finally {
    await app.stop()
    await proxy.close()
    await postgres.stop()
  }
})
