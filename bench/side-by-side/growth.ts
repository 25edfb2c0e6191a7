import { sql } from "drizzle-orm"
import { connectionStore } from "../../lib/accounts/connection"
import { type Database, openDatabase } from "../../lib/db/client"
import { migrateDatabase } from "../../lib/db/migrate"
import { connection } from "../../lib/db/schema"
import type { NextApp } from "../refresh/next-apps"
import { stopAtEnd } from "../refresh/started"
import { type Browser, createDatabase, ours, signIn, startContestant } from "./contestants"
import { addCrowd, crowdCookies } from "./crowd"
import type { LoadResult } from "./load-process"
import type { Scene } from "./running"
import { atMost, both, median, row, type Section } from "./section"

const SIZES = [1_000, 1_000_000]
const PEOPLE_WHO_LOOK = 200
const ROUNDS = 9
const SECONDS = 3
const WARM_UP_SECONDS = 10
const REFRESHES_A_ROUND = 10
const DUE = 100
const IDLE_DAYS = 60

/** A server whose database holds this many connections, and a user to refresh tokens for. */
type Town = {
  size: number
  app: NextApp
  db: Database
  cookies: string[]
  refresher: { browser: Browser; id: string }
  views: LoadResult[]
  refreshMs: number[]
}

/** Does anything become slower because other people are connected too? */
export async function growth(scene: Scene): Promise<Section> {
  const towns: Town[] = []
  for (const size of SIZES) towns.push(await startTown(scene, size))
  for (const town of towns) await view(scene, town, WARM_UP_SECONDS)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index] of towns.entries()) {
      // Each round starts with a different one: any drift affects all.
      const town = towns[(index + round) % towns.length] as Town
      town.views.push(await view(scene, town, SECONDS))
      town.refreshMs.push(await timeRefreshes(town))
    }
    console.log(`  round ${round + 1} of ${ROUNDS}`)
  }
  const measured = []
  for (const { size, views, refreshMs, db, app } of towns) {
    measured.push({
      size,
      p50Ms: median(views.map(({ p50Ms }) => p50Ms)),
      p99Ms: median(views.map(({ p99Ms }) => p99Ms)),
      refreshMs: median(refreshMs),
      dueMs: await timeDue(db),
    })
    await app.process.stop()
  }
  return sectionOf(measured)
}

type Measured = { size: number; p50Ms: number; p99Ms: number; refreshMs: number; dueMs: number }

function sectionOf(measured: readonly Measured[]): Section {
  const [few, many] = measured as [Measured, Measured]
  const over = (what: string, key: keyof Measured, limit: number | null) =>
    row(
      `${what}, 10⁶ connections over 10³`,
      many[key] / few[key],
      limit === null ? null : atMost(limit),
      both(many[key], few[key], "ms"),
    )
  return {
    rows: [
      over("p99 of a view", "p99Ms", 1.2),
      over("p50 of a refresh", "refreshMs", null),
      over(`finding ${DUE} due for keep-alive`, "dueMs", null),
    ],
    numbers: measured,
  }
}

/** A separate database in the same Postgres, and a server on the servers' core. */
async function startTown(scene: Scene, size: number): Promise<Town> {
  const { stage, environment } = scene
  const databaseUrl = await createDatabase(stage, `crowd_${size}`)
  await migrateDatabase(databaseUrl)
  const app = await startContestant(ours, { ...environment, DATABASE_URL: databaseUrl })
  const browser = await signIn(ours, app, "person-3")
  const { db, close } = openDatabase(databaseUrl, { maxConnections: 1 })
  stopAtEnd(close)
  const { rows } = await db.execute<{ id: string }>(sql`select id from ${connection}`)
  const refresher = { browser, id: rows[0]?.id ?? "" }
  await addCrowd(databaseUrl, 1, size)
  const cookies = await crowdCookies(scene, size, Math.min(size, PEOPLE_WHO_LOOK))
  console.log(`  ${size} connections`)
  return { size, app, db, cookies, refresher, views: [], refreshMs: [] }
}

function view({ sendLoad }: Scene, { app, cookies }: Town, seconds: number): Promise<LoadResult> {
  return sendLoad({ url: new URL("/profile", app.url).href, connections: 10, seconds, cookies })
}

/** @returns the median of some refreshes, in milliseconds */
async function timeRefreshes({ app, db, refresher: { browser, id } }: Town): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < REFRESHES_A_ROUND; index++) {
    await db.execute(sql`update ${connection} set expires_at = now() - interval '1 second' where id = ${id}`)
    const startedAt = performance.now()
    const response = await browser.sendJson(new URL("/api/token/refresh", app.url), {})
    await response.text()
    times.push(performance.now() - startedAt)
    if (response.status !== 200) throw new Error(`A refresh got the status ${response.status}`)
  }
  return median(times)
}

/** Some connections are due for a refresh, all others are not. @returns the median of some searches, in milliseconds */
async function timeDue(db: Database): Promise<number> {
  await db.execute(sql`
    update ${connection} set issued_at = now() - interval '70 days' where id in
      (select id from ${connection} where account_uuid like '%-0000-4000-8000-000000000000}' limit ${DUE})`)
  const store = connectionStore(db)
  const times: number[] = []
  for (let index = 0; index < 21; index++) {
    const startedAt = performance.now()
    await store.listIdle(IDLE_DAYS, DUE)
    times.push(performance.now() - startedAt)
  }
  return median(times)
}
