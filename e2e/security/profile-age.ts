import type { Pool } from "pg"

/**
 * Makes every profile look as if it was read long ago and no server had tried since: the next page asks Bitbucket.
 * A server forgets the result of its last attempt when the tokens have a new version.
 */
export async function forgetProfiles(database: Pool): Promise<void> {
  await database.query(
    "update connection set profile_read_at = now() - interval '1 hour', version = version + 1",
  )
}
