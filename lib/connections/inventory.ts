import { parseUuid } from "auth-bitbucket/bitbucket/uuid"
import { and, count, eq, gt, like, or, type SQL, sql } from "drizzle-orm"
import type { Database } from "@/lib/db/client"
import { connection, session } from "@/lib/db/schema"
import { CLOUD_ISSUER, issuerOf } from "@/lib/server/identity"
import type { Profile } from "@/lib/server/profile"
import { type ConnectionState, connectionState } from "./connection-state"
import { type Connection, connectionColumns } from "./connection-store"

/** A connection as its operator may know it: whose it is and how it stands, and nothing that opens anything. */
export type InventoryEntry = {
  id: string
  accountUuid: string
  /** Null where it is not known. */
  issuer: string | null
  username: string | null
  displayName: string | null
  kind: Connection["kind"]
  state: ConnectionState
  scopes: string[]
  version: number
  signedInBrowsers: number
  staysConnected: boolean
  connectedAt: Date
  issuedAt: Date
  expiresAt: Date
  failures: number
  lastFailure: string | null
  lastFailureAt: Date | null
  retryAt: Date | null
}

/** Reads the connections for an operator. */
export function createInventory(db: Database) {
  const liveSessions = db
    .select({ count: count().as("count") })
    .from(session)
    .where(and(eq(session.connectionId, connection.id), gt(session.expiresAt, sql`now()`)))

  const select = (condition?: SQL) =>
    db
      .select({ ...connectionColumns, signedInBrowsers: sql<number>`(${liveSessions})::int` })
      .from(connection)
      .where(condition)
      .orderBy(connection.connectedAt, connection.id)

  return {
    /** Those that have been there longest first. */
    async list(limit: number): Promise<InventoryEntry[]> {
      return (await select().limit(limit)).map(entryOf)
    },

    count: (): Promise<number> => db.$count(connection),

    /**
     * People choose their usernames, and one may have the form of an id: so what has that form is compared with ids
     * only, and everything else with usernames only.
     *
     * @param name the account's uuid with or without braces or its id of Data Center, the connection's id, or the account's username
     * @returns the connection beside its entry; more than one where people share a username or, at two Data Centers, an id
     */
    async find(name: string): Promise<{ entry: InventoryEntry; connection: Connection }[]> {
      const rows = await select(isNamed(name))
      return rows.map((row) => ({ entry: entryOf(row), connection: row }))
    },
  }
}

function isNamed(name: string): SQL | undefined {
  const uuid = parseUuid(name)
  if (uuid !== null)
    return or(eq(connection.accountUuid, uuid), eq(sql`${connection.id}::text`, uuid.slice(1, -1)))
  if (issuerOf(name) !== null) return eq(connection.accountUuid, name)
  const hasUsername = eq(sql`${connection.profile} -> 'account' ->> 'username'`, name)
  if (!/^\d+$/.test(name)) return hasUsername
  return or(
    like(connection.accountUuid, `http%#${name}`),
    and(eq(connection.issuer, CLOUD_ISSUER), hasUsername),
  )
}

function entryOf(row: Connection & { signedInBrowsers: number; profile: Profile }): InventoryEntry {
  const { username, displayName } = row.profile.account
  return {
    id: row.id,
    accountUuid: row.accountUuid,
    issuer: row.issuer,
    username,
    displayName,
    kind: row.kind,
    state: connectionState(row),
    scopes: row.scopes,
    version: row.version,
    signedInBrowsers: row.signedInBrowsers,
    staysConnected: row.staysConnected,
    connectedAt: row.connectedAt,
    issuedAt: row.issuedAt,
    expiresAt: row.expiresAt,
    failures: row.failures,
    lastFailure: row.lastFailure,
    lastFailureAt: row.lastFailureAt,
    retryAt: row.retryAt,
  }
}
