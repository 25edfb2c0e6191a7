import type { Connection as KeptConnection } from "auth-bitbucket/connections"
import { connectionColumns, connectionOf, createPostgresStore } from "auth-bitbucket/postgres"
import { z } from "zod"
import { type Profile, profileSchema } from "@/lib/bitbucket/profile"
import type { Database } from "@/lib/db/client"
import { isDatabaseUnreachable, readRow } from "@/lib/db/errors"
import { databaseSchema } from "@/lib/env"

/**
 * A connection with what this app stores besides its tokens, in columns that `auth-bitbucket` does not know:
 * docs/decisions/027-the-package-owns-its-columns.md.
 */
export type Connection = KeptConnection & {
  /** The issuer in its identity; null if it names none. */
  issuer: string | null
  /** The protocol that made it: OAuth 2.0 tokens expire and are refreshed, OAuth 1.0a tokens sign requests and do not expire. */
  kind: "oauth2" | "oauth1"
  /** "Stay connected while signed out": the tokens outlive the last session. */
  staysConnected: boolean
  profile: Profile
  profileReadAt: Date
  /** Since the profile was read from Bitbucket. */
  profileAgeSeconds: number
  /** Whether a server has asked Bitbucket for the profile within the last minute, and with these tokens. */
  isProfileAsked: boolean
  /** Why Bitbucket gave no profile when a server last asked; null if it did. */
  profileFailure: ProfileFailure | null
  /** Since Bitbucket last said that this deployment admits the account. */
  admittedAgeSeconds: number
  /** How long not to ask Bitbucket that again, after it gave no answer; 0 if a server may ask now. */
  admissionRetryInSeconds: number
}

/** Why there is no newer profile than the one in the database. */
export type ProfileFailure = "bitbucket_unavailable" | "bitbucket_refused" | "asked_too_often"

/** The tokens of connections in a database, or within one of its transactions. */
export function connectionStore({ query }: Pick<Database, "query">) {
  return createPostgresStore({ query, schema: databaseSchema(), isUnreachable: isDatabaseUnreachable })
}

/** The table's name, for SQL that we write out. */
export const connectionTable = (): string => `"${databaseSchema()}".connection`

/** Whether a server asked for the profile in the last minute, with these tokens. For statements with the table alias `connection`. */
export const isProfileAsked: string = `coalesce(
  connection.profile_asked_at > greatest(now() - interval '60 seconds', connection.issued_at), false)`

/** The columns of a connection, for statements with the table alias `connection`. `accountConnectionOf` reads their rows. */
export const accountConnectionColumns: string = `${connectionColumns("connection")},
  connection.issuer as "issuer", connection.kind as "kind", connection.stays_connected as "staysConnected",
  connection.profile as "profile", connection.profile_read_at as "profileReadAt",
  extract(epoch from now() - connection.profile_read_at)::float8 as "profileAgeSeconds",
  ${isProfileAsked} as "isProfileAsked", connection.profile_failure as "profileFailure",
  extract(epoch from now() - connection.admitted_at)::float8 as "admittedAgeSeconds",
  greatest(0, coalesce(extract(epoch from connection.admission_retry_at - now())::float8, 0)) as "admissionRetryInSeconds"`

const ownColumns = z.object({
  issuer: z.string().nullable(),
  kind: z.enum(["oauth2", "oauth1"]),
  staysConnected: z.boolean(),
  profile: profileSchema,
  profileReadAt: z.date(),
  profileAgeSeconds: z.number(),
  isProfileAsked: z.boolean(),
  // A newer server may have written a reason that this one does not know.
  profileFailure: z.custom<ProfileFailure>((value) => typeof value === "string").nullable(),
  admittedAgeSeconds: z.number(),
  admissionRetryInSeconds: z.number(),
})

/** @throws DatabaseError if a column is missing or has another type */
export function accountConnectionOf(row: unknown): Connection {
  return readRow(() => ({ ...connectionOf(row), ...ownColumns.parse(row) }))
}

/** Reads an account's connection. A session's connection comes with the session. @returns null if it has none */
export async function readConnection(db: Database, account: string): Promise<Connection | null> {
  const { rows } = await db.query(
    `select ${accountConnectionColumns} from ${connectionTable()} as connection where account_uuid = $1`,
    [account],
  )
  return rows[0] === undefined ? null : accountConnectionOf(rows[0])
}

/** Whether a connection's tokens expire and are refreshed. */
export function isRefreshable({ kind }: Pick<Connection, "kind">): boolean {
  return kind === "oauth2"
}
