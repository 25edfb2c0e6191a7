import { z } from "zod"
import { db } from "@/lib/db/client"
import { readRow } from "@/lib/db/errors"
import { databaseSchema } from "@/lib/env"
import { reportFailure } from "@/lib/server/failure-report"
import { log } from "@/lib/server/log"
import { processWide } from "@/lib/server/process-wide"
import { connectionTable } from "./connection"

/** Which part of this app used an account's token, and what for. */
export type TokenPurpose =
  | "page:profile"
  | "page:connection"
  | "page:workspaces"
  | "page:membership"
  | "job:keep-alive"
  | "command:keep-alive"
  | "command:refresh"

const tokenUse = z.object({ day: z.date(), purpose: z.string(), count: z.number(), lastAt: z.date() })

/** What a token was used for on one day (UTC). */
export type TokenUse = z.infer<typeof tokenUse>

type Waiting = { account: string; hour: number; purpose: TokenPurpose; count: number; lastAt: number }

const HOUR_MS = 3_600_000
const WRITTEN_EVERY_MS = 5_000
/** Different combinations of account, hour and purpose; any more are not recorded. */
const MOST_WAITING = 10_000

type Asked = { query: (statement: string, values: unknown[]) => Promise<{ rows: unknown[] }> }

/**
 * Counts what tokens are used for. `note` only counts in memory, so it costs a page nothing; one statement every few
 * seconds writes the counts.
 */
export function createTokenUses(
  database: () => Asked,
  { now = Date.now, writtenEveryMs = WRITTEN_EVERY_MS, mostWaiting = MOST_WAITING } = {},
) {
  const waiting = new Map<string, Waiting>()
  let timer: NodeJS.Timeout | undefined
  let left = 0
  let isFailing = false

  function add(use: Waiting): void {
    const key = `${use.account} ${use.hour} ${use.purpose}`
    const known = waiting.get(key)
    if (known) {
      known.count += use.count
      known.lastAt = Math.max(known.lastAt, use.lastAt)
    } else if (waiting.size < mostWaiting) waiting.set(key, use)
    else left += use.count
    timer ??= setTimeout(flush, writtenEveryMs).unref()
  }

  /** Counts one use. */
  function note(account: string, purpose: TokenPurpose): void {
    const at = now()
    add({ account, hour: at - (at % HOUR_MS), purpose, count: 1, lastAt: at })
  }

  /** Writes the counts. Those that the database does not take now are written later. Never throws. */
  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const uses = [...waiting.values()]
    waiting.clear()
    if (left > 0) log.warn("token_uses_left_out", { count: left })
    left = 0
    if (uses.length === 0) return
    try {
      await write(uses)
      isFailing = false
    } catch (error) {
      if (!isFailing) reportFailure("token_uses_not_recorded", error)
      isFailing = true
      for (const use of uses) add(use)
    }
  }

  /**
   * Writes nothing about accounts whose connection has been deleted or replaced since, so that nothing remains of a user whose
   * data was deleted a second ago. Locks rows in the same order as all transactions, by account.
   */
  async function write(uses: Waiting[]): Promise<void> {
    const instants = (pick: (use: Waiting) => number) => uses.map((use) => new Date(pick(use)).toISOString())
    await database().query(
      `insert into ${table()} as known (account_uuid, hour, purpose, count, last_at)
       select used.* from unnest($1::text[], $2::timestamptz[], $3::text[], $4::int[], $5::timestamptz[])
           as used (account_uuid, hour, purpose, count, last_at)
         join ${connectionTable()} as connection
           on connection.account_uuid = used.account_uuid and connection.connected_at <= used.last_at
        order by used.account_uuid collate "C", used.hour, used.purpose
          for key share of connection
       on conflict (account_uuid, hour, purpose) do update
         set count = known.count + excluded.count, last_at = greatest(known.last_at, excluded.last_at)`,
      [
        uses.map(({ account }) => account),
        instants(({ hour }) => hour),
        uses.map(({ purpose }) => purpose),
        uses.map(({ count }) => count),
        instants(({ lastAt }) => lastAt),
      ],
    )
  }

  /** What an account's token was used for, by day, newest first. Other servers' counts of the last seconds are missing. */
  async function list(account: string): Promise<TokenUse[]> {
    await flush()
    const { rows } = await database().query(
      `select date_trunc('day', hour, 'UTC') as "day", purpose as "purpose", sum(count)::float8 as "count",
              max(last_at) as "lastAt"
         from ${table()} where account_uuid = $1 group by 1, 2 order by 1 desc, 4 desc`,
      [account],
    )
    return rows.map((row) => readRow(() => tokenUse.parse(row)))
  }

  return { note, flush, list }
}

const table = () => `"${databaseSchema()}".token_use`

/** The uses in this process, written to the app's database. */
export function tokenUses(): ReturnType<typeof createTokenUses> {
  return processWide("token-uses", () => createTokenUses(db))
}
