import { migrateDatabase } from "../lib/db/migrate"
import { loadEnvironmentFiles } from "./command-line"

/** `npm run db:migrate`; with --before-build, only where there is a database to migrate. */
const isBeforeBuild = process.argv.includes("--before-build")
// A build migrates only where the environment itself names a database, never one that a file on this disk names.
if (!isBeforeBuild) loadEnvironmentFiles()
const { DATABASE_URL: url, VERCEL } = process.env

if (!url && isBeforeBuild) process.exit(0)
if (!url) {
  console.error("DATABASE_URL is required: the address of the Postgres database to bring up to date.")
  process.exit(1)
}
try {
  await migrateDatabase(url)
  console.log("The database is up to date.")
} catch (error) {
  // A driver's message may repeat the address, and with it a password.
  const { code, cause } = error as { code?: string; cause?: { code?: string } }
  const reason = code ?? cause?.code ?? "unknown error"
  console.error(
    `The database could not be brought up to date (${reason}). Is DATABASE_URL right, and does it answer?`,
  )
  // Only on Vercel is the build the last chance: elsewhere `npm start` does it again.
  if (!isBeforeBuild || VERCEL) process.exit(1)
}
