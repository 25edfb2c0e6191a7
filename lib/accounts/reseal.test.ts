import { type ConnectionStore, createConnections, sealTokens, unsealTokens } from "auth-bitbucket/connections"
import { expect, test } from "vitest"
import { connection } from "@/lib/db/schema"
import { connect, grant, secrets, uuidOf } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { connectionStore } from "./connection"

const newSecret = "the-secret-that-comes-after-the-old"

const resealAll = (store: ConnectionStore, secrets: readonly [string, ...string[]]) =>
  createConnections({
    store,
    secrets,
    oauth: () => Promise.reject(new Error("Bitbucket is not asked")),
  }).reseal()

test("after a rotation every connection opens with the new secret alone, whatever its batch", async () => {
  const { db } = await createTestDatabase()
  for (let index = 0; index < 250; index++) await connect(db, grant, uuidOf(index))
  const store = connectionStore(db)
  const summary = await resealAll(store, [newSecret, ...secrets])
  expect(summary).toEqual({ resealed: 250, current: 0, unreadable: 0 })
  for (const row of await db.select().from(connection))
    expect(await unsealTokens(row.sealedTokens, row.accountUuid, [newSecret])).toMatchObject({
      accessToken: "access",
    })
  expect(await resealAll(store, [newSecret])).toEqual({ resealed: 0, current: 250, unreadable: 0 })
})

test("tokens that a refresh replaced meanwhile are left as the refresh wrote them", async () => {
  const { db } = await createTestDatabase()
  await connect(db, grant)
  const store = connectionStore(db)
  const [row] = await store.listSealed(1)
  const refreshed = await sealTokens(
    { accessToken: "newer", refreshToken: "newer" },
    row?.account ?? "",
    secrets,
  )
  await db.update(connection).set({ sealedTokens: refreshed })
  const stale = { ...store, listSealed: async () => (row ? [row] : []) }
  expect(await resealAll(stale, [newSecret, ...secrets])).toEqual({ resealed: 0, current: 1, unreadable: 0 })
  expect((await db.select().from(connection))[0]?.sealedTokens).toBe(refreshed)
})

test("tokens that no secret opens are counted and left alone", async () => {
  const { db } = await createTestDatabase()
  await connect(db, grant)
  expect(await resealAll(connectionStore(db), [newSecret])).toMatchObject({
    unreadable: 1,
  })
})
