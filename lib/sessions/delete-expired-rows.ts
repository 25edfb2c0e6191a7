import { type Column, type SQL, sql } from "drizzle-orm"
import { ACTIVITY_KEPT_DAYS } from "@/lib/accounts/activity"
import type { Database } from "@/lib/db/client"
import { deleteInBatches, type Pace } from "@/lib/db/delete-in-batches"
import { activity, rateLimit, spentState, tokenUse } from "@/lib/db/schema"
import { createSessionStore, hasExpired } from "./session-store"

/** Small enough for each batch to end well within the statement timeout. */
const WHOLE = { batchSize: 1_000, mostBatches: Number.POSITIVE_INFINITY }
/** After each sign-in: more rows than one sign-in adds, so that the number of expired rows shrinks. */
const SOME: Pace = { batchSize: 100, mostBatches: 1, mayContinue: () => true }

/** How many rows of each kind were deleted. */
export type Deleted = {
  sessions: number
  connections: number
  activity: number
  tokenUses: number
  spentStates: number
  rateLimits: number
}

/**
 * Deletes expired sessions, connections without a session whose user does not stay connected or has not visited for
 * `STAY_CONNECTED_DAYS`, activity and token uses older than 90 days, the states of old sign-ins, and the request counts of past minutes.
 * It works in batches: if a run is interrupted, the next run deletes the rest.
 *
 * @param mayContinue asked before each batch
 */
export async function deleteExpiredRows(
  db: Database,
  mayContinue: () => boolean = () => true,
): Promise<Deleted> {
  const pace = { ...WHOLE, mayContinue }
  const deleted = await prune(db, pace)
  return { ...deleted, connections: deleted.connections + (await createSessionStore(db).pruneUnwanted(pace)) }
}

/**
 * Deletes a few expired rows, found by an index, so that a deployment without a daily job does not keep them forever. Mostly
 * there are none, and one query says so.
 */
export async function deleteSomeExpiredRows(db: Database): Promise<Deleted> {
  const questions = tables.map(
    ({ kind, keys, isExpired }) =>
      sql`exists (select 1 from ${keys[0].table} where ${isExpired}) as ${sql.identifier(kind)}`,
  )
  const { rows } = await db.execute<Record<Table["kind"] | "sessions", boolean>>(
    sql`select ${hasExpired()} as "sessions", ${sql.join(questions, sql`, `)}`,
  )
  return prune(db, SOME, (kind) => rows[0]?.[kind] !== false)
}

type Table = {
  kind: Exclude<keyof Deleted, "sessions" | "connections">
  keys: [Column, ...Column[]]
  isExpired: SQL
}

/** The tables besides those of `createSessionStore`. */
const tables: readonly Table[] = [
  {
    kind: "activity",
    keys: [activity.id],
    isExpired: sql`${activity.at} < now() - make_interval(days => ${ACTIVITY_KEPT_DAYS})`,
  },
  {
    kind: "tokenUses",
    keys: [tokenUse.accountUuid, tokenUse.hour, tokenUse.purpose],
    isExpired: sql`${tokenUse.hour} < now() - make_interval(days => ${ACTIVITY_KEPT_DAYS})`,
  },
  { kind: "spentStates", keys: [spentState.stateHash], isExpired: sql`${spentState.expiresAt} <= now()` },
  {
    // rate-limiter-flexible deletes them with a timer, which does not fire while a function is frozen between requests. The
    // column is in milliseconds since 1970.
    kind: "rateLimits",
    keys: [rateLimit.key],
    isExpired: sql`${rateLimit.expire} < extract(epoch from now()) * 1000`,
  },
]

async function prune(
  db: Database,
  pace: Pace,
  isDue: (kind: Table["kind"] | "sessions") => boolean = () => true,
): Promise<Deleted> {
  const deleted: Deleted = {
    sessions: 0,
    connections: 0,
    activity: 0,
    tokenUses: 0,
    spentStates: 0,
    rateLimits: 0,
    ...(isDue("sessions") && (await createSessionStore(db).prune(pace))),
  }
  for (const { kind, keys, isExpired } of tables.filter(({ kind }) => isDue(kind)))
    deleted[kind] = await deleteInBatches((limit) => {
      const key = sql.join(keys, sql`, `)
      return db.execute(sql`delete from ${keys[0].table} where (${key}) in
        (select ${key} from ${keys[0].table} where ${isExpired} limit ${limit} for update skip locked)`)
    }, pace)
  return deleted
}
