import { type Emulator, startEmulator } from "bitbucket-emulator"
import { sql } from "drizzle-orm"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import type { Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import { obtainGrant } from "@/test/bitbucket-grant"
import { connect, createConnectionServer, secrets } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { isReconnectAdvised } from "./connection-state"

let emulator: Emulator
let db: Database
let id: string
let server: ReturnType<typeof createConnectionServer>

beforeEach(async () => {
  vi.stubEnv("AUTH_SECRET", secrets[0])
  vi.stubEnv("AUTH_BITBUCKET_ID", "key")
  vi.stubEnv("AUTH_BITBUCKET_SECRET", "secret")
  vi.stubEnv("LOG_LEVEL", "silent")
  emulator = await startEmulator({ port: 0 })
  ;({ db } = await createTestDatabase())
  id = await connect(db, await obtainGrant(emulator.siteUrl, "demo"))
  server = createConnectionServer(db, emulator)
})

afterEach(() => emulator.close())

/** As if the token had so many seconds left of its two hours. */
async function letPass(untilSecondsLeft: number): Promise<void> {
  await db.update(connection).set({
    issuedAt: sql`now() - make_interval(secs => ${7_200 - untilSecondsLeft})`,
    expiresAt: sql`now() + make_interval(secs => ${untilSecondsLeft})`,
  })
}

async function read() {
  const current = await server.store.read(id)
  if (!current) throw new Error("The connection of this test is gone")
  return current
}

describe("a refusal that Bitbucket does not explain", () => {
  const refuse = (body: string, contentType: string) =>
    emulator.control.addFault({
      match: { grant_type: "refresh_token" },
      kind: "status",
      status: 401,
      headers: { "content-type": contentType },
      body,
      times: null,
    })

  test.each([
    ["a bare 401", "", "text/plain"],
    ["a word that nobody knows", '{"error": "nonsense"}', "application/json"],
  ])(
    "(%s) ends no connection; once it has been repeated, signing in again is advised",
    async (_, body, type) => {
      await letPass(-1)
      await refuse(body, type)
      for (const isAdvised of [false, false, true]) {
        await expect(server.getAccessToken(id)).rejects.toMatchObject({ code: "bitbucket_unavailable" })
        const current = await read()
        expect(current).toMatchObject({ status: "active", lastFailure: "unexplained_refusal" })
        expect(isReconnectAdvised(current)).toBe(isAdvised)
        await db.update(connection).set({ retryAt: null })
      }
      await emulator.control.clearFaults()
      await server.getAccessToken(id)
      expect(await read()).toMatchObject({ failures: 0, lastFailure: null })
    },
  )

  test("while the token lives serves it and advises nobody", async () => {
    await letPass(200)
    await refuse("", "text/plain")
    for (let attempt = 0; attempt < 4; attempt++) {
      await server.getAccessToken(id)
      await db.update(connection).set({ retryAt: null })
    }
    expect(isReconnectAdvised(await read())).toBe(false)
  })
})
