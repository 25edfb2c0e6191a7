import { parseUuid } from "auth-bitbucket/client"
import { type ConnectionState, connectionState } from "auth-bitbucket/connections"
import { z } from "zod"
import { CLOUD_ISSUER, issuerOf } from "@/lib/bitbucket/identity"
import type { Database } from "@/lib/db/client"
import { isDatabaseError, readRow } from "@/lib/db/errors"
import { connection } from "@/lib/db/schema"
import { databaseSchema } from "@/lib/env"
import { accountConnectionColumns, accountConnectionOf, type Connection, connectionTable } from "./connection"

/** A connection as an operator may see it: its account and state, but no token. */
export type InventoryEntry = {
  id: string
  accountUuid: string
  /** Null if it is not known. */
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

/** A row that this version cannot read, and the column that it stumbled over. */
export type UnreadableEntry = ConnectedAccount & { column: string }

/** Whose connection it is. Needs no other column, so it is there for a row that cannot be read too. */
export type ConnectedAccount = z.infer<typeof connectedAccount>

const connectedAccount = z.object({ id: z.string(), accountUuid: z.string(), signedInBrowsers: z.number() })

/** Reads the connections for an operator. */
export function createInventory(db: Database) {
  async function select(columns: string, condition: string, values: unknown[]): Promise<unknown[]> {
    const { rows } = await db.query(
      `select ${columns}connection.id as "id", connection.account_uuid as "accountUuid", (
          select count(*)::int from "${databaseSchema()}".session
           where session.connection_id = connection.id and session.expires_at > now()) as "signedInBrowsers"
         from ${connectionTable()} as connection ${condition}`,
      values,
    )
    return rows
  }

  const OLDEST_FIRST = "order by connection.connected_at, connection.id"
  const accountOf = (row: unknown) => readRow(() => connectedAccount.parse(row))

  function connectionIn(row: unknown): { entry: InventoryEntry; connection: Connection } {
    const connection = accountConnectionOf(row)
    const { signedInBrowsers } = accountOf(row)
    return { entry: entryOf({ ...connection, signedInBrowsers }), connection }
  }

  return {
    /** Oldest first. A row that cannot be read does not hide the others. */
    async list(limit: number): Promise<{ connections: InventoryEntry[]; unreadable: UnreadableEntry[] }> {
      const connections: InventoryEntry[] = []
      const unreadable: UnreadableEntry[] = []
      for (const row of await select(`${accountConnectionColumns}, `, `${OLDEST_FIRST} limit $1`, [limit]))
        try {
          connections.push(connectionIn(row).entry)
        } catch (error) {
          if (!isDatabaseError(error)) throw error
          unreadable.push({ ...accountOf(row), column: error.reason })
        }
      return { connections, unreadable }
    },

    /** Oldest first. */
    async listAccounts(limit: number): Promise<ConnectedAccount[]> {
      return (await select("", `${OLDEST_FIRST} limit $1`, [limit])).map(accountOf)
    },

    count: (): Promise<number> => db.$count(connection),

    /**
     * People choose their usernames, and one may look like an id. So a name that looks like an id is compared only with ids,
     * and any other only with usernames.
     *
     * @param name the account's uuid with or without braces, its Data Center id, the connection's id, or the account's username
     * @returns several if people share a username or, at two Data Centers, an id
     */
    async findAccounts(name: string): Promise<ConnectedAccount[]> {
      const [condition, values] = isNamed(name)
      return (await select("", `where ${condition} ${OLDEST_FIRST}`, values)).map(accountOf)
    },

    /** @returns null if the account has no connection. @throws DatabaseError if its row cannot be read */
    async read(accountUuid: string): Promise<{ entry: InventoryEntry; connection: Connection } | null> {
      const isIt = "where connection.account_uuid = $1"
      const [row] = await select(`${accountConnectionColumns}, `, isIt, [accountUuid])
      return row === undefined ? null : connectionIn(row)
    },
  }
}

function isNamed(name: string): [condition: string, values: unknown[]] {
  const uuid = parseUuid(name)
  if (uuid !== null)
    return ["connection.account_uuid = $1 or connection.id::text = $2", [uuid, uuid.slice(1, -1)]]
  if (issuerOf(name) !== null) return ["connection.account_uuid = $1", [name]]
  const hasUsername = "connection.profile -> 'account' ->> 'username' = $1"
  if (!/^\d+$/.test(name)) return [hasUsername, [name]]
  return [
    `connection.account_uuid like 'http%#' || $1 or (connection.issuer = $2 and ${hasUsername})`,
    [name, CLOUD_ISSUER],
  ]
}

function entryOf(row: Connection & { signedInBrowsers: number }): InventoryEntry {
  const { username, displayName } = row.profile.account
  return {
    id: row.id,
    accountUuid: row.account,
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
