import { expect, test } from "./fixtures"
import { refreshRequests, signInFrom } from "./person"

const path = "/api/cron/keep-alive"

test("keep-alive refuses whoever does not carry its secret", async ({ request }) => {
  expect((await request.get(path)).status()).toBe(401)
  for (const authorization of ["Bearer", "Bearer wrong", "Basic Y3JvbjpzZWNyZXQ=", "bearer "])
    expect((await request.get(path, { headers: { authorization } })).status()).toBe(401)
})

test("keep-alive renews the connection of a person who stays away, and leaves it alone the next day", async ({
  page,
  bitbucket,
  request,
  database,
  emulator,
  cronSecret,
}) => {
  await signInFrom(page, bitbucket, "/profile")
  await database.query(
    "update connection set issued_at = now() - interval '31 days', expires_at = now() - interval '30 days'",
  )
  const headers = { authorization: `Bearer ${cronSecret}` }
  expect(await (await request.get(path, { headers })).json()).toMatchObject({ renewed: 1, outcome: "done" })
  expect(await (await request.get(path, { headers })).json()).toMatchObject({ renewed: 0, outcome: "done" })
  expect(await refreshRequests(emulator)).toHaveLength(1)
})

test("with the last session that has lapsed the tokens go too, unless the person stays connected", async ({
  page,
  bitbucket,
  request,
  database,
  cronSecret,
}) => {
  await signInFrom(page, bitbucket, "/profile")
  const headers = { authorization: `Bearer ${cronSecret}` }
  await database.query("update connection set stays_connected = true")
  await database.query("update session set expires_at = now() - interval '1 second'")
  await database.query(
    "insert into activity (account_uuid, kind, at) values ('{x}', 'signed_in', now() - interval '91 days')",
  )
  expect(await (await request.get(path, { headers })).json()).toMatchObject({
    deleted: { sessions: 1, connections: 0, activity: 1 },
  })
  await database.query("update connection set stays_connected = false")
  expect(await (await request.get(path, { headers })).json()).toMatchObject({ deleted: { connections: 1 } })
  expect((await database.query("select 1 from connection")).rowCount).toBe(0)
})
