import { ZodError } from "zod"

/**
 * - `database_unreachable`: no connection, no answer in time, or a server that cannot work now (starting, full,
 *   read-only after a failover). Retrying helps.
 * - `database_conflict`: another transaction came first (serialization failure, deadlock, lock not available).
 * - `database_refused`: Postgres refused the statement or the connection: a bug in this app, bad data, or a wrong
 *   configuration. Retrying does not help.
 * - `database_row_unreadable`: a column is missing from a row, or has a type that this app did not write.
 */
const codes = [
  "database_unreachable",
  "database_conflict",
  "database_refused",
  "database_row_unreadable",
] as const

export type DatabaseErrorCode = (typeof codes)[number]

/** Contains only our own words, names of columns, SQLSTATEs and socket codes, because the log prints it unchanged. */
type Reason = { sqlState: string } | { reason: string }

/**
 * A failure of the database, without any text that we sent or received. The errors of the driver and of Drizzle contain the
 * statement, its values and Postgres's `detail`, so this keeps none of them, not even as `cause`.
 */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError"
  readonly code: DatabaseErrorCode
  /** The five characters of https://www.postgresql.org/docs/current/errcodes-appendix.html, if Postgres sent one. */
  readonly sqlState: string | undefined
  /** The SQLSTATE, the socket's code (`ECONNREFUSED`), the name of an unreadable column, or one of our own words. */
  readonly reason: string

  constructor(code: DatabaseErrorCode, found: Reason) {
    const reason = "sqlState" in found ? found.sqlState : found.reason
    super(`${code}: ${reason}`)
    this.code = code
    this.sqlState = "sqlState" in found ? found.sqlState : undefined
    this.reason = reason
  }
}

/**
 * Whether a thrown value is a `DatabaseError`, judged by its fields: Next bundles each route separately, so every bundle has its
 * own class, but they share the pool that throws.
 */
export function isDatabaseError(error: unknown): error is DatabaseError {
  return error instanceof Error && "code" in error && codes.some((code) => code === error.code)
}

/** Whether the database could not be reached or could not work, so that retrying later helps. */
export function isDatabaseUnreachable(error: unknown): error is DatabaseError {
  return isDatabaseError(error) && error.code === "database_unreachable"
}

/** Turns what the driver threw into a DatabaseError: whatever it is, either the database or our statement failed. */
export function databaseErrorOf(error: unknown): DatabaseError {
  if (isDatabaseError(error)) return error
  const { code, message } = { code: "", message: "", ...(error instanceof Error && fieldsOf(error)) }
  if (/^[0-9A-Z]{5}$/.test(code) && isOfPostgres(error))
    return new DatabaseError(codeOf(code), { sqlState: code })
  if (/^[A-Z][A-Z0-9_]+$/.test(code)) return ofSocket(code)
  if (/SSL/.test(message)) return new DatabaseError("database_refused", { reason: "tls" })
  const known = driverMessages.find(([pattern]) => pattern.test(message))
  if (known) return new DatabaseError("database_unreachable", { reason: known[1] })
  return new DatabaseError("database_refused", { reason: "driver" })
}

/**
 * Reads a row that Postgres returned.
 *
 * @param parse throws a ZodError, or an error with one as its cause, if a column is missing or has another type
 * @throws DatabaseError with the code `database_row_unreadable`, whose reason names the column
 */
export function readRow<Row>(parse: () => Row): Row {
  try {
    return parse()
  } catch (error) {
    throw new DatabaseError("database_row_unreadable", { reason: unreadableColumn(error) })
  }
}

function unreadableColumn(error: unknown): string {
  const { cause = error } = error instanceof Error ? error : {}
  const path = cause instanceof ZodError ? cause.issues[0]?.path : undefined
  return path?.join(".") || "row"
}

function fieldsOf(error: Error): { code: string; message: string } {
  return { code: "code" in error && typeof error.code === "string" ? error.code : "", message: error.message }
}

/** Only an error from Postgres has a severity. Five letters may also be a socket's code, such as `EPIPE`. */
function isOfPostgres(error: unknown): boolean {
  return typeof error === "object" && error !== null && "severity" in error
}

/** Such as `ECONNRESET`. `ERR_…` and OpenSSL's names are configuration errors, which waiting does not fix. */
function ofSocket(code: string): DatabaseError {
  return new DatabaseError(/^E(?!RR_)/.test(code) ? "database_unreachable" : "database_refused", {
    reason: code,
  })
}

/** Messages of `pg` and `pg-pool` that have no code. */
const driverMessages: [RegExp, string][] = [
  [/timeout|timed out/i, "timeout"],
  [/connection terminated|connection error|connection ended|not queryable/i, "connection_lost"],
]

const CONFLICTS = ["40001", "40003", "40P01", "55P03"]
/** Exceptions in classes that otherwise mean a bug: shutdowns, a cancelled statement, a standby instead of the primary. */
const UNREACHABLE = ["25006", "25P03", "25P04", "57014", "57P01", "57P02", "57P03", "57P05"]
/** Connection exception (PgBouncer's own errors too), insufficient resources, system error. */
const UNREACHABLE_CLASSES = ["08", "53", "58"]

function codeOf(sqlState: string): DatabaseErrorCode {
  if (CONFLICTS.includes(sqlState)) return "database_conflict"
  const isUnreachable = UNREACHABLE.includes(sqlState) || UNREACHABLE_CLASSES.includes(sqlState.slice(0, 2))
  return isUnreachable ? "database_unreachable" : "database_refused"
}
