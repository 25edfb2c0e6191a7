import { loadEnvironmentFiles } from "./command-line"

/**
 * Imported before anything else by commands that use the app's tables: DATABASE_SCHEMA is read when the tables are
 * imported, and `.env.local` may set it.
 */
loadEnvironmentFiles()
