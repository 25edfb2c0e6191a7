import { parseUuid } from "auth-bitbucket/client"
import { type ConnectionState, connectionState } from "auth-bitbucket/connections"
import { z } from "zod"
import { CLOUD_ISSUER, issuerOf } from "@/lib/bitbucket/identity"
import type { Database } from "@/lib/db/client"
import { readRow } from "@/lib/db/errors"
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

const counted = z.object({ signedInBrowsers: z.number() })

/** Reads the connections for an operator. */
export function createInventory(db: Database) {
  async function select(where: string, values: unknown[], limit = "") {
    const { rows } = await db.query(
      `select ${accountConnectionColumns}, (
          select count(*)::int from "${databaseSchema()}".session
           where session.connection_id = connection.id and session.expires_at > now()) as "signedInBrowsers"
         from ${connectionTable()} as connection
        where ${where} order by connection.connected_at, connection.id ${limit}`,
      values,
    )
    return rows.map((row) => {
      const connection = accountConnectionOf(row)
      const { signedInBrowsers } = readRow(() => counted.parse(row))
      return { entry: entryOf({ ...connection, signedInBrowsers }), connection }
    })
  }

  return {
    /** Oldest first. */
    async list(limit: number): Promise<InventoryEntry[]> {
      return (await select("true", [limit], "limit $1")).map(({ entry }) => entry)
    },

    count: (): Promise<number> => db.$count(connection),

    /**
     * People choose their usernames, and one may look like an id. So a name that looks like an id is compared only with ids,
     * and any other only with usernames.
     *
     * @param name the account's uuid with or without braces, its Data Center id, the connection's id, or the account's username
     * @returns each connection with its entry; several if people share a username or, at two Data Centers, an id
     */
    find: (name: string): Promise<{ entry: InventoryEntry; connection: Connection }[]> =>
      select(...isNamed(name)),
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
