import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterEach, beforeEach, expect, test } from "vitest"
import { BitbucketError } from "@/lib/bitbucket/errors"
import type { Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import { obtainGrant } from "@/test/bitbucket-grant"
import { connect, createConnectionServer, refreshRequests } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { createAuthorizedCall } from "./authorized-call"

let emulator: Emulator
let db: Database
let id: string
let server: ReturnType<typeof createConnectionServer>

beforeEach(async () => {
  stubEnvironment({ LOG_LEVEL: "silent" })
  emulator = await startEmulator({ port: 0 })
  ;({ db } = await createTestDatabase())
  id = await connect(db, await obtainGrant(emulator.siteUrl, "demo"))
  server = createConnectionServer(db, emulator)
})

afterEach(() => emulator.close())

const refused = () => Promise.reject(new BitbucketError("unauthorized", { status: 401 }))

async function countRenewals(): Promise<number> {
  return (await refreshRequests(emulator)).length
}

test("a token that is refused as soon as it was renewed is left alone for a minute, each time it happens", async () => {
  const authorizedCall = createAuthorizedCall(server, server.store, () => undefined)
  for (let renewals = 1; renewals <= 4; renewals++) {
    await db.update(connection).set({ retryAt: null })
    for (let views = 0; views < 3; views++) {
      const current = await server.store.read(id)
      if (!current) throw new Error("The connection of this test is gone")
      await expect(authorizedCall(current, refused)).rejects.toMatchObject({ code: "bitbucket_unavailable" })
    }
    expect((await server.store.read(id))?.retryInSeconds).toBeGreaterThan(55)
  }
  // The first time one renewal; later two, since the lapsed token is renewed before it is used.
  expect(await countRenewals()).toBe(1 + 3 * 2)
})
