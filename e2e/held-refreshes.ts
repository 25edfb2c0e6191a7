import { expect } from "@playwright/test"
import type { Emulator } from "bitbucket-emulator"
import type { Pool } from "pg"

/**
 * Makes Bitbucket's answers to the next refreshes late: late enough for a busy test to do something meanwhile, and
 * within the five seconds that the app waits.
 */
export async function holdRefreshes({ control }: Pick<Emulator, "control">, times = 1): Promise<void> {
  const match = { grant_type: "refresh_token" }
  await control.addFault({ match, kind: "delay", delay_ms: 2_500, times })
}

/** Waits until a server has set out to refresh a token. */
export async function untilLeased(database: Pool): Promise<void> {
  const leased = "select from connection where lease_owner is not null"
  await expect
    .poll(async () => (await database.query(leased)).rowCount, { intervals: [10] })
    .toBeGreaterThan(0)
}
