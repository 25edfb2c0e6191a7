import { expect, test } from "vitest"
import { createMaintenanceStore } from "@/lib/connections/maintenance-store"
import { connection } from "@/lib/db/schema"
import { CLOUD_ISSUER } from "@/lib/server/identity"
import { connect, grant, secrets, uuidOf } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { resealAll } from "./reseal"
import { sealTokens, unsealTokens } from "./sealed-tokens"

const newSecret = "the-secret-that-comes-after-the-old"

test("after a rotation every connection opens with the new secret alone, whatever its batch", async () => {
  const { db } = await createTestDatabase()
  for (let index = 0; index < 250; index++) await connect(db, grant, uuidOf(index))
  const store = createMaintenanceStore(db, CLOUD_ISSUER)
  const summary = await resealAll(store, [newSecret, ...secrets])
  expect(summary).toEqual({ resealed: 250, current: 0, unreadable: 0 })
  for (const row of await db.select().from(connection))
    expect(await unsealTokens(row.sealedTokens, row.accountUuid, [newSecret])).toMatchObject({
      accessToken: "access",
    })
  expect(await resealAll(store, [newSecret])).toEqual({ resealed: 0, current: 250, unreadable: 0 })
})

test("tokens that a renewal replaced meanwhile are left as the renewal wrote them", async () => {
  const { db } = await createTestDatabase()
  await connect(db, grant)
  const store = createMaintenanceStore(db, CLOUD_ISSUER)
  const [row] = await store.listSealed(1)
  const renewed = await sealTokens(
    { accessToken: "newer", refreshToken: "newer" },
    row?.accountUuid ?? "",
    secrets,
  )
  await db.update(connection).set({ sealedTokens: renewed })
  const stale = { ...store, listSealed: async () => (row ? [row] : []) }
  expect(await resealAll(stale, [newSecret, ...secrets])).toEqual({ resealed: 0, current: 1, unreadable: 0 })
  expect((await db.select().from(connection))[0]?.sealedTokens).toBe(renewed)
})

test("what opens with no secret is counted and left alone", async () => {
  const { db } = await createTestDatabase()
  await connect(db, grant)
  expect(await resealAll(createMaintenanceStore(db, CLOUD_ISSUER), [newSecret])).toMatchObject({
    unreadable: 1,
  })
})
