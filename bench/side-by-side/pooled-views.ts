import { Client } from "pg"
import { startPgBouncer } from "../../scripts/pgbouncer"
import { ensurePrograms } from "../../scripts/system-programs"
import { stopAtEnd } from "../refresh/started"
import { ours, signIn, startContestant } from "./contestants"
import { warmUp } from "./load"
import { runningOf, type Scene } from "./running"
import { atMost, both, median, row, type Section } from "./section"

const ROUNDS = 7
const SECONDS = 3
const RATE = 50
const WARM_UP_SECONDS = 1
const STATEMENTS_A_ROUND = 200

/** Does a view become slower through a pooler in transaction mode than one statement does? */
export async function pooledViews(scene: Scene): Promise<Section> {
  const direct = scene.stage.databaseUrl
  await ensurePrograms()
  const pgbouncer = await startPgBouncer(direct)
  stopAtEnd(pgbouncer.stop)
  const pooled = pgbouncer.pooled(direct)
  const app = await startContestant(ours, { ...scene.environment, DATABASE_URL: pooled })
  const cookie = (await signIn(ours, app, "person-1")).cookiesFor(app.url)
  const views = [
    {
      app: runningOf(scene, ours.name).app,
      cookie: runningOf(scene, ours.name).cookie,
      p50Ms: [] as number[],
    },
    { app, cookie, p50Ms: [] as number[] },
  ]
  const statements = [
    { client: await connect(direct), p50Ms: [] as number[] },
    { client: await connect(pooled), p50Ms: [] as number[] },
  ]
  for (const { app, cookie } of views)
    await warmUp(scene.sendLoad, { url: new URL("/profile", app.url).href, cookies: [cookie] })
  for (let round = 0; round < ROUNDS; round++) {
    for (const { app, cookie, p50Ms } of views) {
      const load = { url: new URL("/profile", app.url).href, cookies: [cookie], connections: 10, rate: RATE }
      await scene.sendLoad({ ...load, seconds: WARM_UP_SECONDS })
      p50Ms.push((await scene.sendLoad({ ...load, seconds: SECONDS })).p50Ms)
    }
    for (const { client, p50Ms } of statements) p50Ms.push(await timeStatements(client))
  }
  for (const { client } of statements) await client.end()
  await app.process.stop()
  await pgbouncer.stop()
  const [view, statement] = [views, statements].map(([one, other]) => addedBy(one, other)) as [number, number]
  return {
    rows: [
      row(
        "what PgBouncer adds to a view − what it adds to a statement",
        view - statement,
        atMost(0.5),
        both(view, statement, "ms"),
        " ms",
      ),
    ],
    numbers: { views: views.map(({ p50Ms }) => p50Ms), statements: statements.map(({ p50Ms }) => p50Ms) },
  }
}

type Timed = { p50Ms: readonly number[] }

/** The median of the differences within each round. */
function addedBy(direct: Timed | undefined, pooled: Timed | undefined): number {
  return median((pooled?.p50Ms ?? []).map((p50Ms, round) => p50Ms - (direct?.p50Ms[round] ?? Number.NaN)))
}

async function connect(url: string): Promise<Client> {
  const client = new Client(url)
  await client.connect()
  return client
}

/** @returns the median of some statements, one after the other, in milliseconds */
async function timeStatements(client: Client): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < STATEMENTS_A_ROUND; index++) {
    const startedAt = performance.now()
    await client.query("select $1::int", [index])
    times.push(performance.now() - startedAt)
  }
  return median(times)
}
