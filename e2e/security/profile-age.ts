import type { Pool } from "pg"

/**
 * As if everybody's profile had been read long ago, and no server had tried since: the next page asks Bitbucket.
 * A server forgets what came of its last attempt when the tokens have a new version.
 */
export async function forgetProfiles(database: Pool): Promise<void> {
  await database.query(
    "update connection set profile_read_at = now() - interval '1 hour', version = version + 1",
  )
}
