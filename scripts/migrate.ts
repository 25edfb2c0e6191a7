import { migrateDatabase } from "../lib/db/migrate"
import { loadEnvironmentFiles, readFlags } from "./command-line"

const usage = `Usage: npm run db:migrate [-- --json]

Brings the schema of DATABASE_URL up to date. May be repeated, and run by several machines at once. \`npm run build\` does the
same with --before-build, only where there is a database: of the environment itself, never one that a file names.

  --json   one JSON object: {"applied": number of migrations}
  --help   this

Exit codes: 0 up to date; 1 no database, or one that does not answer; 2 wrong usage.`

const flags = readFlags(usage, ["json", "before-build"])
const isBeforeBuild = flags["before-build"]
if (!isBeforeBuild) loadEnvironmentFiles()
const { DATABASE_URL: url, VERCEL } = process.env

if (!url && isBeforeBuild) process.exit(0)
if (!url)
  fail(
    "invalid_environment",
    "DATABASE_URL is required: the address of the Postgres database to bring up to date.",
  )
try {
  const applied = await migrateDatabase(url)
  if (flags.json) console.log(JSON.stringify({ applied }))
  else console.log(`The database is up to date; migrations applied: ${applied}.`)
} catch (error) {
  // A driver's message may repeat the address, and with it a password.
  const { code, cause } = error as { code?: string; cause?: { code?: string } }
  const reason = code ?? cause?.code ?? "unknown error"
  fail(
    "database_unavailable",
    `The database could not be brought up to date (${reason}). Is DATABASE_URL right, and does it answer?`,
  )
}

/** Only on Vercel is the build the last chance: elsewhere `npm start` does it again. */
function fail(code: "invalid_environment" | "database_unavailable", sentence: string): never {
  if (flags.json) console.log(JSON.stringify({ error: code }))
  else console.error(sentence)
  process.exit(isBeforeBuild && !VERCEL ? 0 : 1)
}
