import { migrateDatabase } from "../lib/db/migrate"

const url = process.env.DATABASE_URL
if (!url) {
  console.error("DATABASE_URL is required: the address of the Postgres database to bring up to date.")
  process.exit(1)
}
try {
  await migrateDatabase(url)
  console.log("The database is up to date.")
} catch (error) {
  // A driver's message may repeat the address, and with it a password.
  const code = (error as { code?: string }).code ?? (error as { cause?: { code?: string } }).cause?.code
  console.error(
    `The database could not be brought up to date (${code ?? "unknown error"}). Is DATABASE_URL right?`,
  )
  process.exit(1)
}
