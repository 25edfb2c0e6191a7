import { randomBytes } from "node:crypto"
import { parseArgs } from "node:util"
import { createPostgresStore } from "auth-bitbucket/postgres"
import { createControlClient } from "bitbucket-emulator/client"
import { Client, Pool } from "pg"
import { z } from "zod"
import { startTemporaryPostgres } from "../../scripts/embedded-postgres"
import { startPgBouncer } from "../../scripts/pgbouncer"
import { ensurePrograms } from "../../scripts/system-programs"
import { startBitbucket } from "../refresh/stage"
import { isStopping, stopAll, stopAtEnd, stopWhenInterrupted } from "../refresh/started"
import { addCrowd, type Crowd, grantAll, TOKEN_LENGTH } from "./crowd"
import { readCounters } from "./database-cost"
import { type Expiry, passExpiry, type Town } from "./expiry"
import { FleetServer } from "./fleet"
import { type Comparison, reportOf, type ScaleResult } from "./report"
import { writeResult } from "./write-result"

const usage = `Usage: npm run bench -- scale [OPTIONS]

A table of connections in Postgres, server processes before it through PgBouncer in transaction mode, and the emulator as
Bitbucket: expiry after expiry, every second one with servers that are killed. Writes bench/results/scale.json and the table
in bench/README.md, unless an option is given.

  --minutes N       how long it takes in all (10)
  --connections N   in the table (1000000)
  --active N        of them, those that expire and are refreshed (10000)
  --servers N       processes (16)
  --write           writes the result although an option is given`

/** The crowd that the large one is compared with. */
const SMALL = 1_000
const ROUNDS = 9
const CALLS_PER_ROUND = 1_500
/** PgBouncer's default for its connections to Postgres. */
const POOLED_CONNECTIONS = 20
/** Preparing and cleaning up may take as long again on a slow machine. */
const GRACE_MINUTES = 15

const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    connections: { type: "string" },
    active: { type: "string" },
    servers: { type: "string" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
})
const positive = z.coerce.number().positive()
const integer = z.coerce.number().int().positive()
const settings = {
  minutes: positive.parse(values.minutes ?? 10),
  connections: integer.parse(values.connections ?? 1_000_000),
  active: integer.parse(values.active ?? 10_000),
  servers: integer.min(4).parse(values.servers ?? 16),
}
const isWritten = values.write || Object.keys(values).every((name) => name === "write" || name === "help")

if (values.help) {
  console.log(usage)
  process.exit()
}
stopWhenInterrupted((settings.minutes + GRACE_MINUTES) * 60_000)
try {
  process.exitCode = await run()
} catch (error) {
  if (!isStopping()) {
    console.error(error)
    process.exitCode = 1
  }
}
await stopAll()
process.exit()

/** @returns the exit code: 1 if a target was missed */
async function run(): Promise<number> {
  const startedAt = performance.now()
  const endAt = startedAt + settings.minutes * 60_000
  const { minutes, connections, active, servers } = settings
  await ensurePrograms()
  const [postgres, emulator] = await Promise.all([startTemporaryPostgres("bench-scale-"), startBitbucket()])
  stopAtEnd(postgres.stop)
  const pooler = await startPgBouncer(postgres.url)
  stopAtEnd(pooler.stop)
  const bitbucket = createControlClient(emulator.siteUrl)
  const superuserUrl = new URL(postgres.superuserUrl)
  superuserUrl.pathname = new URL(postgres.url).pathname
  const database = new Client({ connectionString: superuserUrl.href })
  // Postgres stops before it has read that this connection has ended.
  database.on("error", () => undefined)
  await database.connect()

  const [small, large]: [Crowd, Crowd] = [
    { schema: "scale_small", size: SMALL },
    { schema: "scale_large", size: connections },
  ]
  const [secret, runId] = [randomBytes(32).toString("base64url"), randomBytes(16).toString("base64url")]
  for (const crowd of [small, large]) await fill(postgres.url, crowd, secret, runId)
  await database.query("vacuum analyze")
  await database.query("checkpoint")
  await grantAll(bitbucket, active, runId)
  const seedSeconds = (performance.now() - startedAt) / 1_000
  console.log(`${count(connections)} connections are sealed and stored (${seedSeconds.toFixed(0)} s)`)

  const tokenUrl = `${emulator.siteUrl}/site/oauth2/access_token`
  const fleet = Array.from(
    { length: servers },
    () => new FleetServer({ databaseUrl: pooler.pooled(postgres.url), tokenUrl, secret }),
  )
  for (const server of fleet) await server.start()
  console.log(`${servers} servers have started`)

  const pooled = new Pool({ connectionString: pooler.pooled(postgres.url), max: POOLED_CONNECTIONS })
  pooled.on("error", () => undefined)
  const town: Town = { bitbucket, database, pooled, crowd: large, active, fleet }
  const comparison = await compare(fleet[0] as FleetServer, small, large)
  const before = await readCounters(database, large)
  const expiries: Expiry[] = []
  for (let longestMs = 0; expiries.length < 2 || performance.now() + longestMs < endAt; ) {
    const beganAt = performance.now()
    const expiry = await passExpiry(town, expiries.length % 2 === 1 ? Math.ceil(servers / 4) : 0)
    expiries.push(expiry)
    longestMs = Math.max(longestMs, performance.now() - beganAt)
    console.log(
      `expiry ${expiries.length}: ${count(expiry.refreshes)} refreshes, ${expiry.kills} kills, ${expiry.seconds.toFixed(0)} s`,
    )
  }
  const result: ScaleResult = {
    measuredAt: `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
    settings: { minutes, connections, active, servers, tokenLength: TOKEN_LENGTH },
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    seedSeconds: Math.round(seedSeconds),
    comparison,
    expiries,
    before,
    after: await readCounters(database, large),
  }
  const { text, summary, misses } = reportOf(result)
  console.log(`\n${text}`)
  if (isWritten) await writeResult(summary, text)
  return misses.length === 0 ? 0 : 1
}

/** Creates the table as the package does, and fills it. */
async function fill(databaseUrl: string, crowd: Crowd, secret: string, runId: string): Promise<void> {
  const owner = new Client({ connectionString: databaseUrl })
  await owner.connect()
  const { migrate } = createPostgresStore({
    schema: crowd.schema,
    query: (text, parameters) => owner.query(text, parameters),
  })
  await migrate()
  await owner.end()
  await addCrowd({ databaseUrl, secret, runId }, crowd)
}

/** Calls `getToken` for valid tokens of both crowds alternately, in several rounds. */
async function compare(server: FleetServer, small: Crowd, large: Crowd): Promise<Comparison[]> {
  const order = { kind: "compare", small, large } as const
  await server.order<"compare">({ ...order, calls: CALLS_PER_ROUND })
  const rounds: Comparison[] = []
  for (let round = 0; round < ROUNDS; round++)
    rounds.push(await server.order<"compare">({ ...order, calls: CALLS_PER_ROUND }))
  return rounds
}

function count(value: number): string {
  return value.toLocaleString("en")
}
