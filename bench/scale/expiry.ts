import { setTimeout as wait } from "node:timers/promises"
import type { ControlClient } from "bitbucket-emulator/client"
import type { Client, Pool } from "pg"
import { ProcessEnded } from "../refresh/fleet"
import { accountOf, type Crowd, countRefreshTokens, letExpire } from "./crowd"
import { readCounters } from "./database-cost"
import type { FleetServer } from "./fleet"
import type { Asked } from "./server-process"

export type Town = {
  bitbucket: ControlClient
  /** Bypasses the pooler, as a superuser. */
  database: Client
  /** Through the pooler, with as many connections as it has to Postgres. */
  pooled: Pool
  crowd: Crowd
  /** The first part of the crowd, whose tokens expire and which Bitbucket knows. */
  active: number
  fleet: readonly FleetServer[]
}

export type Expiry = {
  hasKills: boolean
  seconds: number
  calls: number
  expiredMs: number[]
  validMs: number[]
  waits: number
  failures: Record<string, number>
  refreshes: number
  /** Connections that Bitbucket refreshed more than once. */
  repeated: number
  /** Those of them whose lease holder was not killed while it refreshed. There must be none. */
  unexplained: number
  kills: number
  /** Refreshes that servers had begun when they were killed. */
  interrupted: number
  ended: number
  memoryMb: number[]
  statements: Record<string, number>
  transactions: number
  walBytes: number
  updates: number
  hotUpdates: number
}

/** Each connection is asked for at this many servers at about the same time. */
const SERVERS_PER_CONNECTION = 4
const KILL_EVERY_MS = 2_000

/** Two hours pass, so every active token has expired. Then several servers ask for each of them. */
export async function passExpiry(town: Town, kills: number): Promise<Expiry> {
  const { bitbucket, database, crowd, active, fleet } = town
  await letExpire(bitbucket, database, crowd, active)
  const before = await countRefreshTokens(bitbucket, active)
  await untilCounted(town)
  const counters = await readCounters(database, crowd)
  const startedAt = performance.now()

  const interrupted = new Map<number, number>()
  const passes = fleet.map((server, index) => passOf(server, town, index))
  await killSome(town, kills, interrupted)
  const asked = (await Promise.all(passes)).flat()
  const seconds = (performance.now() - startedAt) / 1_000
  if (kills > 0) asked.push(await repeatInterrupted(town))

  await untilCounted(town)
  const after = await readCounters(database, crowd)
  const refreshes = (await countRefreshTokens(bitbucket, active)).map(
    (count, number) => count - (before[number] ?? 0),
  )
  const repeated = [...refreshes.keys()].filter((number) => (refreshes[number] ?? 0) > 1)
  const unexplained = repeated.filter(
    (number) => (refreshes[number] ?? 0) > 1 + (interrupted.get(number) ?? 0),
  )
  const sum = (of: (one: Asked) => number) => asked.reduce((total, one) => total + of(one), 0)
  return {
    hasKills: kills > 0,
    seconds,
    calls: sum(({ expiredMs, validMs }) => expiredMs.length + validMs.length),
    expiredMs: asked.flatMap(({ expiredMs }) => expiredMs),
    validMs: asked.flatMap(({ validMs }) => validMs),
    waits: sum(({ waits }) => waits),
    failures: added(asked.map(({ failures }) => failures)),
    refreshes: refreshes.reduce((total, count) => total + count, 0),
    repeated: repeated.length,
    unexplained: unexplained.length,
    kills,
    interrupted: interrupted.size,
    ended: await countEnded(town),
    memoryMb: asked.map(({ memoryMb }) => memoryMb),
    statements: added(asked.map(({ statements }) => statements)),
    transactions: after.transactions - counters.transactions,
    walBytes: after.walBytes - counters.walBytes,
    updates: after.updates - counters.updates,
    hotUpdates: after.hotUpdates - counters.hotUpdates,
  }
}

/** A backend of Postgres reports what it did after a transaction, unless it did so less than a second before. */
async function untilCounted({ database, pooled }: Town): Promise<void> {
  await wait(1_100)
  const busy = Array.from({ length: pooled.options.max }, () => pooled.query("select pg_sleep(0.2)"))
  await Promise.all([...busy, database.query("select 1")])
}

/** One server works through its part of the active connections. If it is killed, its successor starts from the beginning. */
async function passOf(server: FleetServer, { crowd, active, fleet }: Town, index: number): Promise<Asked[]> {
  const isMine = (number: number) => (number - index + fleet.length) % fleet.length < SERVERS_PER_CONNECTION
  const numbers = Array.from({ length: active }, (_, number) => number).filter(isMine)
  for (;;) {
    try {
      return [await server.order<"ask">({ kind: "ask", of: crowd, numbers })]
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error
      await server.start()
    }
  }
}

/** Kills servers one after the other, each once. Counts for each connection how many of its refreshes were interrupted. */
async function killSome(
  { database, crowd, fleet }: Town,
  kills: number,
  interrupted: Map<number, number>,
): Promise<void> {
  for (const server of fleet.slice(0, kills)) {
    await wait(KILL_EVERY_MS)
    const name = await server.kill()
    const { rows } = await database.query(
      `select account_uuid as account from ${crowd.schema}.connection
        where lease_until is not null and lease_owner::text like $1`,
      [`${name}%`],
    )
    for (const { account } of rows as { account: string }[]) {
      const number = numberOf(account)
      interrupted.set(number, (interrupted.get(number) ?? 0) + 1)
    }
  }
}

/** The next callers of connections whose server died repeat the refresh once its lease has ended. */
async function repeatInterrupted({ database, crowd, fleet }: Town): Promise<Asked> {
  const { rows } = await database.query(
    `select account_uuid as account from ${crowd.schema}.connection where lease_until is not null`,
  )
  const numbers = (rows as { account: string }[]).map(({ account }) => numberOf(account))
  const [server] = fleet.slice(-1)
  if (!server) throw new Error("A fleet has servers")
  return server.order<"ask">({ kind: "ask", of: crowd, numbers })
}

const numberOf = (account: string) => Number.parseInt(account.slice(1, 9), 16)

/** Connections that have ended, have been deleted, or still have the expired tokens. */
async function countEnded({ database, crowd, active }: Town): Promise<number> {
  const { rows } = await database.query(
    `select count(*) filter (where status = 'active')::int as alive,
            count(*) filter (where status = 'active' and account_uuid < $1 and expires_at <= now())::int as expired
       from ${crowd.schema}.connection`,
    [accountOf(active)],
  )
  const { alive, expired } = rows[0] as { alive: number; expired: number }
  return crowd.size - alive + expired
}

function added(counts: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const count of counts)
    for (const [name, value] of Object.entries(count)) total[name] = (total[name] ?? 0) + value
  return total
}
