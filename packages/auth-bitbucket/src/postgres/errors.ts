/** Exceptions in classes that otherwise mean a bug: a standby instead of the primary, shutdowns, a cancelled statement. */
const UNREACHABLE = ["25006", "25P03", "25P04", "57014", "57P01", "57P02", "57P03", "57P05"]
/** Connection exception (poolers' own errors too), insufficient resources, system error. */
const UNREACHABLE_CLASSES = ["08", "53", "58"]

/**
 * Whether an error of `pg` means that Postgres could not be reached or cannot work now.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isPostgresUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = "code" in error && typeof error.code === "string" ? error.code : ""
  if ("severity" in error) return UNREACHABLE.includes(code) || UNREACHABLE_CLASSES.includes(code.slice(0, 2))
  // From a socket, such as `ECONNRESET`. `ERR_…` is a configuration error, which waiting does not fix.
  if (/^E(?!RR_)[A-Z]+$/.test(code)) return true
  return /timeout|timed out|connection terminated|connection error|connection ended|not queryable/i.test(
    error.message,
  )
}
