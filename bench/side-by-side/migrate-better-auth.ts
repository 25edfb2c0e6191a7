import { getMigrations } from "better-auth/db/migration"
import { auth } from "../peers/better-auth/auth"

/** Makes the tables of Better Auth, as its command line does. */
export async function migrateBetterAuth(): Promise<void> {
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()
  await auth.options.database.end()
}
