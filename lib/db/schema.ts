import { sql } from "drizzle-orm"
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core"
import { databaseSchema } from "@/lib/env"

/** Every statement names the schema, because behind a pooler no connection keeps a `search_path`. */
const { table: tableOf } = pgSchema(databaseSchema())

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" })

/** One Bitbucket account's grant: its sealed tokens, the lease of the attempt that refreshes them, the last profile read. */
export const connection = tableOf(
  "connection",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    /** The account's identity, issuer and subject in one string: see `lib/bitbucket/identity.ts`. */
    accountUuid: text("account_uuid").notNull().unique(),
    /** The issuer in it; null if it names none, which makes the row unusable. Computed by migration 0006. */
    issuer: text("issuer").generatedAlwaysAs(sql``),
    /** The protocol that made it. Tokens of OAuth 2.0 expire; those of OAuth 1.0a sign requests and do not. */
    kind: text("kind", { enum: ["oauth2", "oauth1"] })
      .notNull()
      .default("oauth2"),
    sealedTokens: text("sealed_tokens").notNull(),
    scopes: text("scopes").array().notNull(),
    issuedAt: instant("issued_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    /** Goes up with every new pair of tokens. Every write names the one that it read. */
    version: integer("version").notNull().default(1),
    status: text("status", { enum: ["active", "dead"] })
      .notNull()
      .default("active"),
    leaseOwner: uuid("lease_owner"),
    leaseUntil: instant("lease_until"),
    failures: integer("failures").notNull().default(0),
    retryAt: instant("retry_at"),
    lastFailure: text("last_failure"),
    lastFailureAt: instant("last_failure_at"),
    connectedAt: instant("connected_at").notNull().default(sql`now()`),
    refreshedAt: instant("refreshed_at"),
    /** "Stay connected while signed out": the tokens outlive the last session. */
    staysConnected: boolean("stays_connected").notNull().default(false),
    /** When Bitbucket last said that this deployment admits the account. */
    admittedAt: instant("admitted_at").notNull().default(sql`now()`),
    /** Until then one server is asking that again, and the others wait for it. */
    admissionLeaseUntil: instant("admission_lease_until"),
    /** After a check without an answer, no server asks again before this. */
    admissionRetryAt: instant("admission_retry_at"),
    /** Why the last check had no answer; null if it had one. */
    admissionFailure: text("admission_failure"),
    /** When the user last visited, to the day. */
    lastVisitAt: instant("last_visit_at").notNull().default(sql`now()`),
    /** Null only within the transaction that makes the row: `auth-bitbucket` inserts it, and this app adds to it. */
    profile: jsonb("profile"),
    profileReadAt: instant("profile_read_at"),
    /** When a server last asked Bitbucket for it; see `lib/accounts/profile-snapshots.ts`. */
    profileAskedAt: instant("profile_asked_at"),
    /** Why Bitbucket gave no profile then; null if it did, or if the request is in progress. */
    profileFailure: text("profile_failure"),
  },
  (table) => [
    index("connection_issued_at_index").on(table.issuedAt, table.id),
    index("connection_last_visit_at_index").on(table.lastVisitAt).where(sql`stays_connected`),
  ],
)

/** One signed-in browser. We keep only the hash of its id, so a copy of this table lets no one sign in. */
export const session = tableOf(
  "session",
  {
    idHash: text("id_hash").primaryKey(),
    /** Identifies a session in the form with which its user ends it. It gives no access. */
    reference: uuid("reference").notNull().defaultRandom(),
    connectionId: uuid("connection_id")
      .notNull()
      .references(() => connection.id, { onDelete: "cascade" }),
    userAgent: text("user_agent"),
    createdAt: instant("created_at").notNull().default(sql`now()`),
    lastSeenAt: instant("last_seen_at").notNull().default(sql`now()`),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    index("session_connection_id_index").on(table.connectionId),
    index("session_expires_at_index").on(table.expiresAt),
  ],
)

/** What happened to a person's connection and sessions, shown only to them. */
export const activity = tableOf(
  "activity",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    accountUuid: text("account_uuid").notNull(),
    at: instant("at").notNull().default(sql`now()`),
    kind: text("kind").notNull(),
    /** One of our codes that says more, or the browser in which it happened. */
    detail: text("detail"),
  },
  (table) => [
    index("activity_account_index").on(table.accountUuid, table.id),
    index("activity_at_index").on(table.at),
  ],
)

/** What an account's token was used for, counted by the hour: see `lib/accounts/token-uses.ts`. */
export const tokenUse = tableOf(
  "token_use",
  {
    accountUuid: text("account_uuid").notNull(),
    hour: instant("hour").notNull(),
    /** A `TokenPurpose` of the version that wrote it. */
    purpose: text("purpose").notNull(),
    count: integer("count").notNull(),
    lastAt: instant("last_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountUuid, table.hour, table.purpose] }),
    index("token_use_hour_index").on(table.hour),
  ],
)

/**
 * The `state` of an authorization response that we have received: we accept no other response with it. We keep only its
 * hash, and only until its cookie would have expired anyway.
 */
export const spentState = tableOf(
  "spent_state",
  {
    stateHash: text("state_hash").primaryKey(),
    expiresAt: instant("expires_at").notNull(),
    /** The path that the answer led to; null while a server is working on it. */
    landing: text("landing"),
  },
  (table) => [index("spent_state_expires_at_index").on(table.expiresAt)],
)

/** Work that only one server may do at a time: which one is doing it, and until when. */
export const taskLease = tableOf("task_lease", {
  name: text("name").primaryKey(),
  owner: uuid("owner").notNull(),
  leaseUntil: instant("lease_until").notNull(),
})

/**
 * How many requests of a kind arrived in the minute that ends at `expire`, by a keyed hash of the client. Its
 * columns, their order included, are those that rate-limiter-flexible writes to.
 */
export const rateLimit = tableOf(
  "rate_limit",
  {
    key: text("key").primaryKey(),
    points: integer("points").notNull().default(0),
    /** Milliseconds since 1970, on the clock of the server that counted first. */
    expire: bigint("expire", { mode: "number" }),
  },
  (table) => [index("rate_limit_expire_index").on(table.expire)],
)
