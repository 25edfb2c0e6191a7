import { sql } from "drizzle-orm"
import { createMaintenanceStore } from "../../lib/connections/maintenance-store"
import { type Browser, oursKeeping, signIn } from "./contestants"
import { addCrowd, crowdCookies } from "./crowd"
import { runningOf, type Scene } from "./running"
import { median, milliseconds, type Section, target } from "./section"

const SIZES = [10, 1_000, 100_000, 1_000_000]
const PEOPLE_WHO_LOOK = 200
const ROUNDS = 5
const SECONDS = 3
const REFRESHES = 30
const DUE = 100
const IDLE_DAYS = 60

/** Does anything become slower because others are connected too? Asked last: a million people take long to forget. */
export async function growth(scene: Scene): Promise<Section> {
  const { databaseUrl } = scene.stage
  const own = runningOf(scene, oursKeeping.name)
  const renewer = await signInRenewer(scene)
  const measured = []
  let people = 0
  for (const size of SIZES) {
    await addCrowd(databaseUrl, people + 1, size)
    people = size
    const cookies = await crowdCookies(scene, size, Math.min(size, PEOPLE_WHO_LOOK))
    const load = { url: new URL("/profile", own.app.url).href, connections: 10, seconds: SECONDS, cookies }
    await scene.putLoad(load)
    const rounds = []
    for (let round = 0; round < ROUNDS; round++) rounds.push(await scene.putLoad(load))
    measured.push({
      size,
      p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
      p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
      refreshMs: await timeRefreshes(scene, renewer),
      dueMs: await timeDue(scene),
    })
    console.log(`  ${size} connections`)
  }
  const [, thousand] = measured
  const million = measured.at(-1)
  return {
    title: "Growth",
    head: ["Connections", "View p50", "View p99", "Renewal p50", `${DUE} due for keep-alive found in`],
    rows: measured.map(({ size, p50Ms, p99Ms, refreshMs, dueMs }) => [
      size.toLocaleString("en"),
      milliseconds(p50Ms),
      milliseconds(p99Ms),
      milliseconds(refreshMs),
      milliseconds(dueMs),
    ]),
    notes: [
      `Of ${own.contestant.name}, whose views ask nobody but the database. Views of ${PEOPLE_WHO_LOOK} people over all rows at 10 connections; ${REFRESHES} renewals by \`POST /api/token/refresh\` of a lapsed token, one after the other.`,
    ],
    targets: [
      target(
        own.contestant.name,
        "p99 of a view, 10⁶ connections over 10³",
        "≤",
        1.2,
        (million?.p99Ms ?? Number.NaN) / (thousand?.p99Ms ?? 0),
      ),
    ],
    numbers: measured,
  }
}

/** Somebody to renew tokens for. */
async function signInRenewer(scene: Scene): Promise<{ browser: Browser; id: string }> {
  const { contestant, app } = runningOf(scene, oursKeeping.name)
  const browser = await signIn(contestant, app, "person-3")
  const { rows } = await scene.stage.db.execute<{ id: string }>(
    sql`select id from connection where profile->'account'->>'username' = 'person-3'`,
  )
  return { browser, id: rows[0]?.id ?? "" }
}

async function timeRefreshes(
  scene: Scene,
  { browser, id }: { browser: Browser; id: string },
): Promise<number> {
  const { app } = runningOf(scene, oursKeeping.name)
  const times: number[] = []
  for (let index = 0; index < REFRESHES; index++) {
    await scene.stage.db.execute(
      sql`update connection set expires_at = now() - interval '1 second' where id = ${id}`,
    )
    const startedAt = performance.now()
    const response = await browser.sendJson(new URL("/api/token/refresh", app.url), {})
    await response.text()
    times.push(performance.now() - startedAt)
    if (response.status !== 200) throw new Error(`A renewal was answered with ${response.status}`)
  }
  return median(times)
}

/** Some have not been renewed for long; everybody else has. */
async function timeDue({ stage: { db } }: Scene): Promise<number> {
  await db.execute(sql`
    update connection set issued_at = now() - interval '70 days' where id in
      (select id from connection where account_uuid like '%-0000-4000-8000-000000000000}' limit ${DUE})`)
  const store = createMaintenanceStore(db)
  const since = await store.idleSince(IDLE_DAYS)
  const times: number[] = []
  for (let index = 0; index < 21; index++) {
    const startedAt = performance.now()
    await store.listIdle(since, DUE)
    times.push(performance.now() - startedAt)
  }
  return median(times)
}
