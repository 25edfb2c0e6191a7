import { z } from "zod"
import type { FailureReason } from "../connections/events.ts"
import type { Connection, ConnectionStore, IdleCursor, UnreadableRow } from "../connections/store.ts"
import { isPostgresUnreachable } from "./errors.ts"
import { quoted, schemaSql } from "./schema.ts"

/**
 * Runs one statement, like `query` of a `Pool` or a `Client` of `pg`. A text without values may contain several
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
  /** Whether an error of `query` means that retrying later helps; by default, decided by the codes of `pg`. */
  isUnreachable?: (error: unknown) => boolean
}

export type PostgresStore = ConnectionStore & {
  /**
   * Creates the schema and the table if they are missing. May run any number of times, and on several servers at the same time.
   *
   * @throws the error of `query`
   */
  migrate: () => Promise<void>
}

/**
 * Keeps connections in Postgres. Each step is one statement that needs no name, no session state and no lock beyond itself,
 * so it works through poolers that give every transaction another server connection.
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
      const exists = await isAny("select 1 where to_regclass($1) is not null", [table])
      if (!exists) await query(schemaSql(schema))
    },

    read: (account) => first(`select ${columns} from ${table} where account_uuid = $1`, [account]),

    async save(account, { sealedTokens, lifetimeSeconds, scopes }) {
      const saved = await first(
        `insert into ${table} as connection (account_uuid, sealed_tokens, scopes, issued_at, expires_at)
         values ($1, $2, $3, now(), ${inSeconds("$4")})
         on conflict (account_uuid) do update set
           sealed_tokens = excluded.sealed_tokens, scopes = excluded.scopes, issued_at = excluded.issued_at,
           expires_at = excluded.expires_at, version = connection.version + 1, status = 'active',
           connected_at = case when connection.status = 'active' then connection.connected_at else now() end,
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
        // Postgres's own text: a Date would lose the microseconds, and the listing would lose its place.
        `select ${columns}, issued_at::text as "idleSince" from ${table}
          where status = 'active' and issued_at <= $2::timestamptz and (retry_at is null or retry_at <= now())
            ${after ? "and (issued_at, id) > ($3::timestamptz, $4::uuid)" : ""}
          order by issued_at, id limit $1`,
        [limit, since, ...(after ? [after.idleSince, after.id] : [])],
      )
      const last = rows.length === limit ? rows.at(-1) : undefined
      const next = last
        ? { since, after: { idleSince: textOf(last, "idleSince"), id: textOf(last, "id") } }
        : null
      const connections: Connection[] = []
      const unreadable: UnreadableRow[] = []
      for (const row of rows)
        try {
          connections.push(connectionOf(row))
        } catch (cause) {
          unreadable.push({ account: textOf(row, "account"), cause })
        }
      return { connections, unreadable, next }
    },

    async listSealed(limit, afterId) {
      const { rows } = await query(
        `select id, account_uuid as account, sealed_tokens as "sealedTokens" from ${table}
          ${afterId === undefined ? "" : "where id > $2"} order by id limit $1`,
        [limit, ...(afterId === undefined ? [] : [afterId])],
      )
      return rows.map((row) => ({
        id: textOf(row, "id"),
        account: textOf(row, "account"),
        sealedTokens: textOf(row, "sealedTokens"),
      }))
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
    return textOf(rows[0], "moment")
  }
}

/** The value from the first versions, whose servers still read it during an upgrade. */
const ENDED = "dead"
const NO_LEASE = "lease_owner = null, lease_until = null"
const NO_FAILURE = "failures = 0, retry_at = null, last_failure = null, last_failure_at = null"

const inSeconds = (parameter: string) => `now() + make_interval(secs => ${parameter})`

/**
 * The columns of a connection, for your own statement that joins the table. `connectionOf` reads its rows.
 *
 * @param alias of the table `connection` in the statement
 */
export function connectionColumns(alias: string): string {
  const column = (name: string) => `${alias}.${name}`
  return Object.entries({
    id: column("id"),
    account: column("account_uuid"),
    sealedTokens: column("sealed_tokens"),
    scopes: column("scopes"),
    version: column("version"),
    status: column("status"),
    issuedAt: column("issued_at"),
    expiresAt: column("expires_at"),
    connectedAt: column("connected_at"),
    refreshedAt: column("refreshed_at"),
    failures: column("failures"),
    retryAt: column("retry_at"),
    lastFailure: column("last_failure"),
    lastFailureAt: column("last_failure_at"),
    leaseUntil: column("lease_until"),
    // Plain columns and one clock: computing each of the times took Postgres longer than all the rest.
    readAt: "now()",
  })
    .map(([name, expression]) => `${expression} as "${name}"`)
    .join(", ")
}

/** A text column of a row. @throws TypeError if the driver returned anything else */
function textOf(row: unknown, column: string): string {
  const value: unknown = typeof row === "object" && row !== null ? Reflect.get(row, column) : undefined
  if (typeof value !== "string") throw new TypeError(`The driver returned no text for "${column}"`)
  return value
}

/** As a driver returns it: a date, or Postgres's own text. */
const timestamp = z.union([z.date(), z.string()])

const connectionRow = z.object({
  id: z.string(),
  account: z.string(),
  sealedTokens: z.string(),
  scopes: z.array(z.string()),
  version: z.int(),
  status: z.string(),
  issuedAt: timestamp,
  expiresAt: timestamp,
  connectedAt: timestamp,
  refreshedAt: timestamp.nullable(),
  failures: z.int(),
  retryAt: timestamp.nullable(),
  // A newer version of this package may have written a reason that this one does not know.
  lastFailure: z.custom<FailureReason>((value) => typeof value === "string").nullable(),
  lastFailureAt: timestamp.nullable(),
  leaseUntil: timestamp.nullable(),
  /** The database's clock, which every decision about time uses. */
  readAt: timestamp,
})

/**
 * Reads the columns of `connectionColumns` from a row, which may have further columns.
 *
 * @throws TypeError if a column is missing or has another type; its `cause` names the column, and no value
 */
export function connectionOf(row: unknown): Connection {
  const parsed = connectionRow.safeParse(row)
  if (!parsed.success)
    throw new TypeError("The driver returned a connection that cannot be read", { cause: parsed.error })
  // Field by field: spreading what zod returns takes ten times as long as all the rest, on every getToken.
  const found = parsed.data
  const [issuedAt, expiresAt, now] = [dateOf(found.issuedAt), dateOf(found.expiresAt), dateOf(found.readAt)]
  const [retryAt, leasedUntil] = [dateOrNull(found.retryAt), dateOrNull(found.leaseUntil)]
  const secondsFrom = (from: Date, until: Date) => (until.getTime() - from.getTime()) / 1_000
  return {
    id: found.id,
    account: found.account,
    sealedTokens: found.sealedTokens,
    scopes: found.scopes,
    version: found.version,
    failures: found.failures,
    lastFailure: found.lastFailure,
    status: found.status === "active" ? "active" : "ended",
    issuedAt,
    expiresAt,
    connectedAt: dateOf(found.connectedAt),
    refreshedAt: dateOrNull(found.refreshedAt),
    retryAt,
    lastFailureAt: dateOrNull(found.lastFailureAt),
    remainingSeconds: secondsFrom(now, expiresAt),
    lifetimeSeconds: secondsFrom(issuedAt, expiresAt),
    retryInSeconds: retryAt ? Math.max(0, secondsFrom(now, retryAt)) : 0,
    isLeased: leasedUntil !== null && leasedUntil > now,
    isRefreshPending: leasedUntil !== null,
  }
}

/** @throws TypeError for a text that is no timestamp of Postgres */
function dateOf(value: z.infer<typeof timestamp>): Date {
  const date = typeof value === "string" ? new Date(asIso(value)) : value
  if (Number.isNaN(date.getTime()))
    throw new TypeError("The driver gives timestamps in a form that is not known")
  return date
}

/** Postgres writes "2026-11-30 21:00:00.123456+00", but ISO 8601 requires a T and the minutes of the offset. */
function asIso(text: string): string {
  return text
    .replace(" ", "T")
    .replace(/(\.\d{3})\d+/, "$1")
    .replace(/([+-]\d\d)$/, "$1:00")
}

const dateOrNull = (value: z.infer<typeof timestamp> | null) => (value === null ? null : dateOf(value))
