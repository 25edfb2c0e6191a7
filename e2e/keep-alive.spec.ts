import { expect, test } from "./fixtures"
import { startOwnApp } from "./own-app"
import { refreshRequests, signInFrom } from "./person"
import { Visitor } from "./security/visitor"

const path = "/api/cron/keep-alive"

const idle =
  "update connection set issued_at = now() - interval '31 days', expires_at = now() - interval '30 days'"

test("keep-alive refuses a caller without its secret", async ({ request }) => {
  expect((await request.get(path)).status()).toBe(401)
  for (const authorization of ["Bearer", "Bearer wrong", "Basic Y3JvbjpzZWNyZXQ=", "bearer "])
    expect((await request.get(path, { headers: { authorization } })).status()).toBe(401)
})

test("keep-alive refreshes the connection of a person who stays away, and leaves it alone the next day", async ({
  page,
  request,
  database,
  emulator,
  cronSecret,
}) => {
  await signInFrom(page, "/profile")
  await database.query(idle)
  const headers = { authorization: `Bearer ${cronSecret}` }
  expect(await (await request.get(path, { headers })).json()).toMatchObject({ refreshed: 1, outcome: "done" })
  expect(await (await request.get(path, { headers })).json()).toMatchObject({ refreshed: 0, outcome: "done" })
  expect(await refreshRequests(emulator)).toHaveLength(1)
})

test("when the last session expires the tokens are deleted too, unless the person stays connected", async ({
  page,
  request,
  database,
  cronSecret,
}) => {
  await signInFrom(page, "/profile")
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

test("the job refreshes idle connections even if deleting fails afterwards", async ({
  emulator,
  appUrl,
  database,
  request,
  cronSecret,
}) => {
  await new Visitor({ appUrl, emulator }).signIn()
  await database.query(idle)
  await database.query(`
    create function refuse() returns trigger language plpgsql as 'begin raise exception ''disk full''; end';
    create trigger refuse before delete on activity execute function refuse()`)
  try {
    const answer = await request.get(path, { headers: { authorization: `Bearer ${cronSecret}` } })
    expect([answer.status(), await answer.json()]).toEqual([
      200,
      { refreshed: 1, ended: 0, failed: 0, outcome: "done", deleted: null },
    ])
  } finally {
    await database.query("drop trigger refuse on activity; drop function refuse()")
  }
})

test("a server told to stop in the middle of a run stores Bitbucket's answer, and the next run does the rest", async ({
  emulator,
  appUrl,
  database,
  environment,
  request,
  cronSecret,
}) => {
  for (const name of ["demo", "zoe", "una"]) await new Visitor({ appUrl, emulator }).signIn(name)
  await database.query(idle)
  const headers = { authorization: `Bearer ${cronSecret}` }
  const app = await startOwnApp({ ...environment, KEEP_ALIVE_PER_SECOND: "0.2", DRAIN_SECONDS: "1" })
  await using _ = app
  const answer = fetch(app.url + path, { headers })
  await expect.poll(() => refreshRequests(emulator)).toHaveLength(1)
  process.kill(app.pid, "SIGTERM")
  expect(await (await answer).json()).toMatchObject({ refreshed: 1, failed: 0, outcome: "interrupted" })
  expect((await database.query("select 1 from task_lease")).rowCount).toBe(0)

  expect(await (await request.get(path, { headers })).json()).toMatchObject({ refreshed: 2, outcome: "done" })
  expect(await refreshRequests(emulator)).toHaveLength(3)
  const { rows } = await database.query("select status from connection")
  expect(rows).toEqual([{ status: "active" }, { status: "active" }, { status: "active" }])
})
