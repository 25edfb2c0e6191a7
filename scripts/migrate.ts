import { databaseErrorOf } from "../lib/db/errors"
import { explainDatabaseFailure } from "../lib/db/explain-failure"
import { migrateDatabase } from "../lib/db/migrate"
import { databaseSchemaName } from "../lib/env/values"
import { announceDatabase, loadEnvironmentFiles, readFlags } from "./command-line"

const usage = `Usage: npm run db:migrate [-- --json]

Creates the app's schema (DATABASE_SCHEMA) in the database of DATABASE_URL_UNPOOLED, or else of DATABASE_URL, or brings it up
to date. May be repeated, and run by several machines at the same time: each waits for the others, for 30 seconds at most. \`npm run
build\` does the same with --before-build, only if there is a database: of the environment itself, never one that a file
names.

  --json   one JSON object: {"applied": number of migrations}
  --help   this

Exit codes: 0 up to date; 1 no database, or one that does not answer; 2 wrong usage.`

const flags = readFlags(usage, ["json", "before-build"])
const isBeforeBuild = flags["before-build"]
if (!isBeforeBuild) loadEnvironmentFiles()
const { DATABASE_URL, DATABASE_URL_UNPOOLED, DATABASE_SCHEMA, VERCEL } = process.env
const url = DATABASE_URL_UNPOOLED || DATABASE_URL
const schema = databaseSchemaName.safeParse(DATABASE_SCHEMA || undefined)

if (!url && isBeforeBuild) process.exit(0)
if (!url)
  fail(
    "invalid_environment",
    "DATABASE_URL is required: the address of the Postgres database to bring up to date.",
  )
if (!schema.success) fail("invalid_environment", `DATABASE_SCHEMA ${schema.error.issues[0]?.message}.`)
if (!isBeforeBuild) announceDatabase(url)
try {
  const applied = await migrateDatabase(url, { schema: schema.data })
  if (flags.json) console.log(JSON.stringify({ applied }))
  else console.log(`The database is up to date; migrations applied: ${applied}.`)
} catch (error) {
  const { reason } = databaseErrorOf(error)
  const { cause, fix } = explainDatabaseFailure(reason)
  fail("database_unavailable", `The database could not be brought up to date (${reason}): ${cause}; ${fix}.`)
}

/** Only on Vercel is the build the last chance to migrate: elsewhere `npm start` does it too. */
function fail(code: "invalid_environment" | "database_unavailable", sentence: string): never {
  if (flags.json) console.log(JSON.stringify({ error: code }))
  else console.error(sentence)
  process.exit(isBeforeBuild && !VERCEL ? 0 : 1)
}
