import { createMaintenanceStore } from "../lib/connections/maintenance-store"
import { resealAll } from "../lib/connections/reseal"
import { openDatabase } from "../lib/db/client"
import { EnvironmentError, environment } from "../lib/env"

/** `npm run reseal`: after a rotation of AUTH_SECRET, seals all tokens with the new one. */
try {
  const { DATABASE_URL, secrets } = environment()
  const { db, close } = openDatabase(DATABASE_URL, 2)
  const summary = await resealAll(
    createMaintenanceStore(db),
    secrets,
    ({ resealed, current, unreadable }) => {
      if (process.stderr.isTTY)
        process.stderr.write(`\r${resealed + current + unreadable} connections seen ...`)
    },
  )
  await close()
  if (process.stderr.isTTY) process.stderr.write("\r")
  console.log(
    `${summary.resealed} sealed with the new secret, ${summary.current} already were, ${summary.unreadable} open with neither.`,
  )
  if (summary.unreadable > 0)
    console.log("The people of those that do not open will be asked to sign in again.")
} catch (error) {
  console.error(
    error instanceof EnvironmentError ? error.message : "The database could not be read or written.",
  )
  process.exit(1)
}
