import { freePort } from "../scripts/server-process"
import { startApp } from "./app-server"
import { expect, test } from "./fixtures"
import { holdRefreshes, untilLeased } from "./held-refreshes"
import { refreshRequests, signIn, signInFrom, withCookiesOf } from "./person"
import { type Answer, send } from "./security/http"
import { cookieHeader, Visitor } from "./security/visitor"
import { seedFor } from "./seeds"

/** A second server of the same deployment: the same environment and database, another port. */
async function startSecondServer(environment: Record<string, string>, port?: string) {
  port ??= String(await freePort())
  const url = `http://localhost:${port}`
  const app = await startApp({ ...environment, PORT: port }, url)
  return { app, url, port }
}

test("fifty pages on two servers after the token expired: one refresh, and people stay signed in", async ({
  request,
  emulator,
  database,
  environment,
  appUrl,
}) => {
  const second = await startSecondServer(environment)
  try {
    await emulator.control.changeConfig({ refresh_grace_seconds: 0, latency_ms: 100 })
    await signIn(request, "/profile")
    await database.query("update connection set expires_at = now() - interval '1 second'")
    const client = await withCookiesOf(request, appUrl)
    const load = (index: number) => client.get(index % 2 === 0 ? "/profile" : `${second.url}/profile`)
    const pages = await Promise.all(Array.from({ length: 50 }, (_, index) => load(index)))
    expect(pages.map((response) => response.status())).toEqual(Array(50).fill(200))
    expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }])
  } finally {
    await second.app.stop()
  }
})

test("the same callback on two servers at once creates one session, and both land where the first did", async ({
  emulator,
  database,
  environment,
  appUrl,
}) => {
  const second = await startSecondServer(environment)
  try {
    const visitor = new Visitor({ appUrl, emulator })
    const callback = await visitor.consent(await visitor.start("/sessions"))
    const match = { grant_type: "authorization_code" }
    await emulator.control.addFault({ match, kind: "delay", delay_ms: 1_000 })
    const headers = { cookie: cookieHeader(visitor.cookies) }
    const answers = await Promise.all([appUrl, second.url].map((url) => send(url, callback, { headers })))
    expect(answers.map(({ headers: { location } }) => location)).toEqual(Array(2).fill(`${appUrl}/sessions`))
    const isSessionCookie = (line: string) => line.includes("session-token")
    expect(answers.filter(({ setCookies }) => setCookies.some(isSessionCookie))).toHaveLength(1)
    expect((await database.query("select 1 from session")).rowCount).toBe(1)
    const replayed = await send(second.url, callback, { headers })
    expect(replayed.headers.location).toContain("/auth/error?error=sign_in_elsewhere")
  } finally {
    await second.app.stop()
  }
})

test("a server killed during a refresh signs no one out: the other takes over when its lease ends", async ({
  page,
  emulator,
  database,
  environment,
  appUrl,
}) => {
  const second = await startSecondServer(environment)
  await signInFrom(page, "/profile")
  await database.query("update connection set expires_at = now() - interval '1 second'")
  await holdRefreshes(emulator)
  const client = await withCookiesOf(page, appUrl)
  const dying = client.get(`${second.url}/profile`).catch(() => undefined)
  await untilLeased(database)
  second.app.process.kill("SIGKILL")
  await dying

  const meanwhile = await client.get("/profile")
  expect(meanwhile.status(), "the last known profile is shown").toBe(200)
  await database.query("update connection set lease_until = now()")
  await page.reload()
  await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
  const { rows } = await database.query(
    "select status, lease_owner, failures, expires_at > now() as refreshed from connection",
  )
  expect(rows).toEqual([{ status: "active", lease_owner: null, failures: 0, refreshed: true }])
})

test("fifty pages at once while one of two servers is killed and comes back: people see their own pages and stay signed in", async ({
  emulator,
  database,
  environment,
  appUrl,
}) => {
  const names = ["ada", "bo", "cy", "di", "ed"]
  await emulator.control.reset(seedFor(appUrl, names))
  const people = names.map((name) => ({ name, visitor: new Visitor({ appUrl, emulator }) }))
  for (const { name, visitor } of people) await visitor.signIn(name)
  const second = await startSecondServer(environment)
  const expireToken = () => database.query("update connection set expires_at = now() - interval '1 second'")
  const load = async (url: string, { name, visitor }: (typeof people)[number]) => {
    const answer = await send(url, "/profile", { headers: { cookie: cookieHeader(visitor.cookies) } })
    return { name, answer }
  }
  const loadFifty = () =>
    Array.from({ length: 50 }, (_, index) => {
      const url = index % 2 === 0 ? appUrl : second.url
      return { url, page: load(url, people[index % people.length] as (typeof people)[number]) }
    })
  const expectOwn = ({ name, answer }: { name: string; answer: Answer }) => {
    expect(answer.status).toBe(200)
    expect(answer.setCookies).toEqual([])
    expect(names.filter((one) => answer.text.includes(`${one}@example.com`))).toEqual([name])
  }

  await expireToken()
  await holdRefreshes(emulator, names.length)
  const interrupted = loadFifty()
  const ends = Promise.allSettled(interrupted.map(({ page }) => page))
  await untilLeased(database)
  second.app.process.kill("SIGKILL")
  const unanswered = (await ends).flatMap((end, index) => {
    if (end.status === "fulfilled") expectOwn(end.value)
    return end.status === "rejected" ? [interrupted[index]?.url] : []
  })
  expect(new Set(unanswered), "only what was asked of the one that died").toEqual(new Set([second.url]))

  // The lease it held when it was killed expires by itself after fifteen seconds.
  await database.query("update connection set lease_until = now() where lease_owner is not null")
  const returned = await startSecondServer(environment, second.port)
  try {
    await expireToken()
    for (const page of await Promise.all(loadFifty().map((one) => one.page))) expectOwn(page)
    const { rows } = await database.query(
      "select status, lease_owner, failures, expires_at > now() as refreshed from connection",
    )
    expect(rows).toEqual(
      names.map(() => ({ status: "active", lease_owner: null, failures: 0, refreshed: true })),
    )
    expect((await database.query("select from session")).rowCount).toBe(names.length)
  } finally {
    await returned.app.stop()
  }
})
