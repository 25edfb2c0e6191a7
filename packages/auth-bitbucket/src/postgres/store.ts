import type { Connection, ConnectionStore, IdleCursor, SealedRow } from "../connections/store.ts"
import { isPostgresUnreachable } from "./errors.ts"
import { quoted, schemaSql } from "./schema.ts"

/**
 * Runs one statement, as `query` of a `Pool` or a `Client` of `pg` does. A text without values may hold several
 * statements, which run as one transaction.
 */
export type Query = (
  text: string,
  values?: unknown[],
) => Promise<{ rows: unknown[]; rowCount?: number | null }>

export type PostgresStoreOptions = {
  query: Query
  /** The Postgres schema that holds the table. */
  schema?: string
  /** Whether an error of `query` means that trying again later helps; else by the codes of `pg`. */
  isUnreachable?: (error: unknown) => boolean
}

export type PostgresStore = ConnectionStore & {
  /**
   * Makes the schema and the table where there are none. May run any number of times, and on several servers at once.
   *
   * @throws the error of `query`
   */
  migrate: () => Promise<void>
}

/**
 * Keeps connections in Postgres. Each step is one statement without a name, a session or a lock that outlives it, so it
 * works through poolers that give every transaction another server connection.
 */
export function createPostgresStore({
  query,
  schema = "auth_bitbucket",
  isUnreachable = isPostgresUnreachable,
}: PostgresStoreOptions): PostgresStore {
  const table = `${quoted(schema)}.connection`
  const columns = connectionColumns("connection")
  const held = "id = $1 and version = $2 and lease_owner = $3"

  async function first(text: string, values: unknown[]): Promise<Connection | null> {
    const { rows } = await query(text, values)
    return rows[0] === undefined ? null : connectionOf(rows[0])
  }

  const isAny = async (text: string, values: unknown[]) => (await query(text, values)).rows.length > 0

  return {
    isUnreachable,

    async migrate() {
      const { rows } = await query("select to_regclass($1) is not null as is_there", [table])
      if (!(rows[0] as { is_there: boolean }).is_there) await query(schemaSql(schema))
    },

    read: (account) => first(`select ${columns} from ${table} where account_uuid = $1`, [account]),

    async save(account, { sealedTokens, lifetimeSeconds, scopes }) {
      const saved = await first(
        `insert into ${table} as connection (account_uuid, sealed_tokens, scopes, issued_at, expires_at)
         values ($1, $2, $3, now(), ${inSeconds("$4")})
         on conflict (account_uuid) do update set
           sealed_tokens = excluded.sealed_tokens, scopes = excluded.scopes, issued_at = excluded.issued_at,
           expires_at = excluded.expires_at, version = connection.version + 1, status = 'active',
           refreshed_at = null, ${NO_LEASE}, ${NO_FAILURE}
         returning ${columns}`,
        [account, sealedTokens, scopes, lifetimeSeconds],
      )
      if (!saved) throw new Error("An upsert returns its row")
      return saved
    },

    takeLease: ({ id, version, owner }, leaseSeconds) =>
      first(
        `update ${table} as connection set lease_owner = $3, lease_until = ${inSeconds("$4")}
          where id = $1 and version = $2 and status = 'active'
            and (lease_until is null or lease_until <= now()) and (retry_at is null or retry_at <= now())
         returning ${columns}`,
        [id, version, owner, leaseSeconds],
      ),

    commitRefresh: ({ id, version, owner }, { sealedTokens, lifetimeSeconds, scopes }) =>
      first(
        `update ${table} as connection set
           sealed_tokens = $4, scopes = $5, issued_at = now(), expires_at = ${inSeconds("$6")},
           refreshed_at = now(), version = connection.version + 1, ${NO_LEASE}, ${NO_FAILURE}
          where ${held}
         returning ${columns}`,
        [id, version, owner, sealedTokens, scopes, lifetimeSeconds],
      ),

    recordFailure: ({ id, version, owner }, failure, retryInSeconds) =>
      isAny(
        `update ${table} set failures = failures + 1, retry_at = ${inSeconds("$5")}, last_failure = $4,
           last_failure_at = now(), ${NO_LEASE}
          where ${held} returning id`,
        [id, version, owner, failure, retryInSeconds],
      ),

    end: ({ id, version, owner }, reason) =>
      isAny(
        `update ${table} set status = '${ENDED}', last_failure = $4, last_failure_at = now(), ${NO_LEASE}
          where ${held} returning id`,
        [id, version, owner, reason],
      ),

    async expireAccessToken(id, version) {
      await query(
        `update ${table} set expires_at = now() where id = $1 and version = $2 and expires_at > now()`,
        [id, version],
      )
    },

    async deferRefresh(id, version, retryInSeconds) {
      await query(
        `update ${table} set expires_at = now(), failures = failures + 1, retry_at = ${inSeconds("$3")},
           last_failure = 'token_refused', last_failure_at = now()
          where id = $1 and version = $2`,
        [id, version, retryInSeconds],
      )
    },

    delete: (account, only) =>
      only
        ? isAny(`delete from ${table} where account_uuid = $1 and id = $2 and version = $3 returning id`, [
            account,
            only.id,
            only.version,
          ])
        : isAny(`delete from ${table} where account_uuid = $1 returning id`, [account]),

    async listIdle(from, limit) {
      const cursor: IdleCursor = typeof from === "number" ? { since: await daysAgo(from) } : from
      const { since, after } = cursor
      const { rows } = await query(
        // Postgres's own text: a Date would lose the microseconds, and a list that goes on its place.
        `select ${columns}, issued_at::text as "idleSince" from ${table}
          where status = 'active' and issued_at <= $2::timestamptz and (retry_at is null or retry_at <= now())
            ${after ? "and (issued_at, id) > ($3::timestamptz, $4::uuid)" : ""}
          order by issued_at, id limit $1`,
        [limit, since, ...(after ? [after.idleSince, after.id] : [])],
      )
      const last = rows.length === limit ? (rows.at(-1) as { id: string; idleSince: string }) : undefined
      return {
        connections: rows.map(connectionOf),
        next: last ? { since, after: { idleSince: last.idleSince, id: last.id } } : null,
      }
    },

    async listSealed(limit, afterId) {
      const { rows } = await query(
        `select id, account_uuid as account, sealed_tokens as "sealedTokens" from ${table}
          ${afterId === undefined ? "" : "where id > $2"} order by id limit $1`,
        [limit, ...(afterId === undefined ? [] : [afterId])],
      )
      return rows as SealedRow[]
    },

    replaceSealed: ({ id, sealedTokens }, resealed) =>
      isAny(`update ${table} set sealed_tokens = $3 where id = $1 and sealed_tokens = $2 returning id`, [
        id,
        sealedTokens,
        resealed,
      ]),
  }

  async function daysAgo(days: number): Promise<string> {
    const { rows } = await query("select (now() - make_interval(secs => $1))::text as moment", [
      days * 86_400,
    ])
    return (rows[0] as { moment: string }).moment
  }
}

/** What the first versions wrote, and servers of theirs still read while they are replaced. */
const ENDED = "dead"
const NO_LEASE = "lease_owner = null, lease_until = null"
const NO_FAILURE = "failures = 0, retry_at = null, last_failure = null, last_failure_at = null"

const inSeconds = (parameter: string) => `now() + make_interval(secs => ${parameter})`

/**
 * The columns of a connection, for a statement of your own that joins the table: `connectionOf` reads its rows.
 *
 * @param alias of the table `connection` in the statement
 */
export function connectionColumns(alias: string): string {
  const seconds = (interval: string) => `extract(epoch from ${interval})::float8`
  const moment = (column: string) => `${seconds(`${alias}.${column}`)} * 1000`
  return Object.entries({
    id: `${alias}.id`,
    account: `${alias}.account_uuid`,
    sealedTokens: `${alias}.sealed_tokens`,
    scopes: `${alias}.scopes`,
    version: `${alias}.version`,
    isActive: `${alias}.status = 'active'`,
    issuedAt: moment("issued_at"),
    expiresAt: moment("expires_at"),
    connectedAt: moment("connected_at"),
    refreshedAt: moment("refreshed_at"),
    failures: `${alias}.failures`,
    retryAt: moment("retry_at"),
    lastFailure: `${alias}.last_failure`,
    lastFailureAt: moment("last_failure_at"),
    remainingSeconds: seconds(`${alias}.expires_at - now()`),
    lifetimeSeconds: seconds(`${alias}.expires_at - ${alias}.issued_at`),
    retryInSeconds: `greatest(0, coalesce(${seconds(`${alias}.retry_at - now()`)}, 0))`,
    isLeased: `coalesce(${alias}.lease_until > now(), false)`,
    isRefreshPending: `${alias}.lease_until is not null`,
  })
    .map(([name, expression]) => `${expression} as "${name}"`)
    .join(", ")
}

type Row = Omit<
  Connection,
  "status" | "issuedAt" | "expiresAt" | "connectedAt" | "refreshedAt" | "retryAt" | "lastFailureAt"
> & {
  isActive: boolean
  /** Times are milliseconds since 1970: drivers differ in what they make of a timestamp. */
  issuedAt: number
  expiresAt: number
  connectedAt: number
  refreshedAt: number | null
  retryAt: number | null
  lastFailureAt: number | null
}

/** Reads the columns of `connectionColumns` from a row, which may have others as well. */
export function connectionOf(row: unknown): Connection {
  const found = row as Row
  const dateOrNull = (ms: number | null) => (ms === null ? null : new Date(ms))
  return {
    id: found.id,
    account: found.account,
    sealedTokens: found.sealedTokens,
    scopes: found.scopes,
    version: found.version,
    status: found.isActive ? "active" : "ended",
    issuedAt: new Date(found.issuedAt),
    expiresAt: new Date(found.expiresAt),
    connectedAt: new Date(found.connectedAt),
    refreshedAt: dateOrNull(found.refreshedAt),
    failures: found.failures,
    retryAt: dateOrNull(found.retryAt),
    lastFailure: found.lastFailure,
    lastFailureAt: dateOrNull(found.lastFailureAt),
    remainingSeconds: found.remainingSeconds,
    lifetimeSeconds: found.lifetimeSeconds,
    retryInSeconds: found.retryInSeconds,
    isLeased: found.isLeased,
    isRefreshPending: found.isRefreshPending,
  }
}
