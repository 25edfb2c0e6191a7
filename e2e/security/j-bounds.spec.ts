import type { Pool } from "pg"
import { startOwnApp } from "../own-app"
import { clientFor, seedFor } from "../seeds"
import { expect, test } from "./suite"
import { Visitor } from "./visitor"

/** As an account has them that signed in so often before there was a bound. */
async function addSessions(database: Pool, displayName: string, count: number): Promise<void> {
  await database.query(
    `insert into session (id_hash, connection_id, user_agent, created_at, last_seen_at, expires_at)
     select 'old-' || id || n, id, 'Old browser', now() - interval '1 hour', now() - n * interval '1 second', now() + interval '1 day'
     from connection, generate_series(1, $2) as n where profile->'account'->>'displayName' = $1`,
    [displayName, count],
  )
}

async function timeOf(visitor: Visitor, path: string): Promise<number> {
  const startedAt = performance.now()
  expect((await visitor.send(path)).status).toBe(200)
  return performance.now() - startedAt
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const browsersIn = (page: string) => page.slice(page.indexOf("<main")).match(/<li/g)?.length ?? 0

test("J11 with 5,000 sessions the list of browsers takes less than three times as long as with one", async ({
  database,
  emulator,
  appUrl,
}) => {
  await emulator.control.reset(seedFor(appUrl, ["many", "single"]))
  const [many, single] = [new Visitor({ appUrl, emulator }), new Visitor({ appUrl, emulator })]
  await many.signIn("many")
  await single.signIn("single")
  await addSessions(database, "Many Person", 4_999)
  const times: { many: number[]; single: number[] } = { many: [], single: [] }
  for (let round = 0; round < 25; round++) {
    times.single.push(await timeOf(single, "/sessions"))
    times.many.push(await timeOf(many, "/sessions"))
  }
  expect(median(times.many)).toBeLessThan(3 * median(times.single))
  expect(browsersIn((await many.send("/sessions")).text), "on a page").toBe(25)
})

test("J11 an account that signs in once more than fifty times stays signed in with the last fifty browsers, on two pages", async ({
  visitor,
  database,
  emulator,
  appUrl,
}) => {
  await visitor.signIn()
  await addSessions(database, "Demo Person", 4_999)
  const newest = new Visitor({ appUrl, emulator })
  await newest.signIn()
  expect((await database.query("select 1 from session")).rowCount).toBe(50)
  expect((await visitor.send("/profile")).status, "seen a moment ago").toBe(200)

  const first = (await newest.send("/sessions")).text
  expect(first).toContain("This browser")
  expect(first).toContain('href="/sessions?page=2"')
  const second = (await newest.send("/sessions?page=2")).text
  expect(browsersIn(first) + browsersIn(second)).toBe(50)
  expect(second).toContain('href="/sessions"')
  expect(second).not.toContain("page=3")
  for (const page of ["3", "9999", "99999999", "-1", "0", "1.5", "x", "2&page=3"]) {
    const { status, headers } = await newest.send(`/sessions?page=${page}`)
    expect([200, 307], page).toContain(status)
    if (status === 307) expect(headers.location, page).toBe("/sessions")
  }
})

test("J12 one view asks Bitbucket at most six things, whatever its address says", async ({
  environment,
  emulator,
  database,
}) => {
  const scopes = ["account", "email", "repository"] as const
  await using app = await startOwnApp({ ...environment, BITBUCKET_SCOPES: scopes.join(" ") })
  await emulator.control.reset({
    ...seedFor(app.url),
    clients: [clientFor(app.url, { scopes: [...scopes] })],
    workspaces: [{ slug: "vast", members: { demo: "owner" }, repositories: { generate: 2_500 } }],
  })
  const visitor = new Visitor({ appUrl: app.url, emulator })
  await visitor.signIn()
  const most = new Map<string, number>()
  for (const path of ["/workspaces/vast", "/workspaces", "/integrations/bitbucket", "/profile", "/sessions"])
    for (const query of [
      "",
      "page=80",
      "page=80",
      "page=9999",
      "page=80&sort=oldest",
      "page=79&q=a",
      "page=2",
    ]) {
      // So that a view refreshes the access token as well, and reads the profile anew.
      await database.query(
        "update connection set expires_at = now(), profile_read_at = now() - interval '1 hour'",
      )
      await emulator.control.clearRequests()
      expect((await visitor.send(`${path}?${query}`)).status).toBe(200)
      const calls = (await emulator.control.listRequests()).length
      most.set(path, Math.max(most.get(path) ?? 0, calls))
    }
  test.info().annotations.push({ type: "values", description: JSON.stringify([...most]) })
  for (const [path, calls] of most) expect(calls, path).toBeLessThanOrEqual(6)
  expect(most.get("/workspaces/vast"), "the vast one is read at all").toBeGreaterThanOrEqual(4)
})
