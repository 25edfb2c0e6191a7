import { getMigrations } from "better-auth/db/migration"
import { auth } from "./auth"

/** Creates Better Auth's tables, as its command line does. */
const { runMigrations } = await getMigrations(auth.options)
await runMigrations()
await auth.options.database.end()
