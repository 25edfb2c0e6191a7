import { readSchemaState, type SchemaState } from "@/lib/db/schema-state"
import { checkClock } from "./clock"
import { type CheckResult, failed, ok, warning } from "./result"

/** Whether the database answers, has the schema of this version, and what time it has. */
export async function checkDatabase(url: string): Promise<CheckResult[]> {
  const askedAt = Date.now()
  try {
    const state = await readSchemaState(url)
    const aheadSeconds = (state.now.getTime() - (askedAt + Date.now()) / 2) / 1_000
    return [
      ok("database.reachable", "The database answers."),
      checkSchema(state),
      checkClock("database", aheadSeconds),
    ]
  } catch (error) {
    return [failed("database.reachable", ...explain(error))]
  }
}

function checkSchema({ pending, isNewer }: SchemaState): CheckResult {
  const id = "database.schema"
  if (pending > 0)
    return failed(
      id,
      `The database's schema is behind: ${pending === 1 ? "one migration is" : `${pending} migrations are`} missing.`,
      "Run `npm run db:migrate` with this DATABASE_URL. Outside Vercel, starting the app again does it too.",
    )
  if (isNewer)
    return warning(
      id,
      "The database's schema is of a later version than this one.",
      "Run the version of the app that migrated it, or one after it.",
    )
  return ok(id, "The database's schema is up to date.")
}

/** By the code of the driver or of Postgres: their messages may repeat the address, and with it a password. */
function explain(error: unknown): [sentence: string, remedy: string] {
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string }
  switch (code) {
    case "ECONNREFUSED":
      return [
        "The database is not there: nothing listens at the host and port of DATABASE_URL.",
        "Start it, or correct DATABASE_URL. `npm run demo` brings a Postgres of its own.",
      ]
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return ["The host of DATABASE_URL has no address.", "Correct the host in DATABASE_URL."]
    case "28P01":
    case "28000":
      return [
        "Postgres refuses the user or the password of DATABASE_URL.",
        "Correct them. Special characters of a password are percent-encoded in an address. Some hosts also ask for `?sslmode=require`.",
      ]
    case "3D000":
      return [
        "Postgres has no database of the name in DATABASE_URL.",
        "Correct the name, or create the database.",
      ]
    case "42501":
      return ["The user of DATABASE_URL may not read the tables.", "Grant it the tables of the app."]
    case "53300":
      return ["Postgres has no connection to spare.", "Raise its limit, or use the address of its pooler."]
    default:
      return explainUncoded(code, message)
  }
}

function explainUncoded(code: string, message: string): [sentence: string, remedy: string] {
  if (/CERT|ISSUER/.test(code) || /SSL/i.test(message))
    return [
      "The database and this app do not agree on TLS.",
      "Look at `sslmode` in DATABASE_URL, and whether this machine trusts the database's certificate.",
    ]
  if (/timeout/i.test(message))
    return [
      "The database did not answer within a few seconds.",
      "Is it awake, and does a firewall let this machine in?",
    ]
  return [
    `The database could not be read (${code || "no code"}).`,
    "Try the same DATABASE_URL with `psql`, which says more.",
  ]
}
