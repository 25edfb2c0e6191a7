import type { Client } from "pg"
import type { Crowd } from "./crowd"

/** What Postgres has counted, for the differences between two moments. */
export type DatabaseCounters = {
  transactions: number
  walBytes: number
  updates: number
  hotUpdates: number
  deadRows: number
  tableBytes: number
  indexBytes: number
}

export async function readCounters(database: Client, { schema }: Crowd): Promise<DatabaseCounters> {
  const { rows } = await database.query(
    `select d.xact_commit + d.xact_rollback as "transactions",
            pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as "walBytes",
            t.n_tup_upd as "updates", t.n_tup_hot_upd as "hotUpdates", t.n_dead_tup as "deadRows",
            pg_table_size(t.relid) as "tableBytes", pg_indexes_size(t.relid) as "indexBytes"
       from pg_stat_database d, pg_stat_all_tables t
      where d.datname = current_database() and t.schemaname = $1 and t.relname = 'connection'`,
    [schema],
  )
  const counters = Object.entries(rows[0] as Record<string, string>).map(([name, value]) => [
    name,
    Number(value),
  ])
  return Object.fromEntries(counters) as DatabaseCounters
}
