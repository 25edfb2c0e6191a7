import { expect, test } from "./fixtures"
import { pressOnConnectionPage } from "./pages/connection-page"
import { locationOf, readProfileAgo, refreshRequests, signIn, signInFrom, withCookiesOf } from "./person"
import { timeOf } from "./usual-time"

test("two hours later the page still renders, and the token was refreshed exactly once", async ({
  page,
  emulator,
  database,
}) => {
  await signInFrom(page, "/profile")
  await emulator.control.advanceClock(2 * 60 * 60 * 1000)
  await readProfileAgo(database, "2 hours")
  await page.reload()
  await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
  expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }])
})

test("an open page refreshes in time, once, and then shows the new times by itself", async ({
  page,
  context,
  emulator,
  database,
}) => {
  await context.clock.install()
  await signInFrom(page, "/integrations/bitbucket")
  // The main landmark, since streamed content waits outside of it, hidden, with the same words.
  const noRefresh = page.getByRole("main").getByText("None since you last signed in")
  await expect(noRefresh).toBeVisible()
  await database.query(
    "update connection set issued_at = now() - interval '116 minutes', expires_at = now() + interval '4 minutes'",
  )
  await context.clock.fastForward("01:56:00")
  await expect(noRefresh).toHaveCount(0)
  expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }])
})

for (const [how, clock] of [
  ["by Bitbucket's clock", "emulator"],
  ["by the app's own", "database"],
] as const)
  test(`fifty pages at once after the token expired ${how}: one refresh, fifty pages`, async ({
    request,
    emulator,
    database,
    appUrl,
    appLog,
  }) => {
    await signIn(request, "/profile")
    const client = await withCookiesOf(request, appUrl)
    await readProfileAgo(database, "2 hours")
    if (clock === "emulator") await emulator.control.advanceClock(2 * 60 * 60 * 1000)
    else await database.query("update connection set expires_at = now() - interval '1 second'")
    const pages = await Promise.all(Array.from({ length: 50 }, () => client.get("/profile")))
    const others = pages.filter((response) => response.status() !== 200)
    expect(
      others.map((response) => [response.status(), locationOf(response).href]),
      appLog(),
    ).toEqual([])
    for (const response of pages) expect(await response.text()).toContain("Demo Person")
    expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }])
  })

test("the refresh route refreshes a token that is due, says until when it is valid, and shows no token", async ({
  request,
  emulator,
  database,
  appUrl,
}) => {
  await signIn(request, "/profile")
  await database.query(
    "update connection set issued_at = now() - interval '7140 seconds', expires_at = now() + interval '60 seconds'",
  )
  const client = await withCookiesOf(request, appUrl)
  const response = await client.post("/api/token/refresh", { headers: { origin: appUrl } })
  expect(response.status()).toBe(200)
  expect(response.headers()["cache-control"]).toContain("no-store")
  const body = await response.json()
  expect(Object.keys(body)).toEqual(["expiresAt"])
  expect(Date.parse(body.expiresAt) - Date.now()).toBeGreaterThan(7_000_000)
  expect(await refreshRequests(emulator)).toHaveLength(1)
})

test("the refresh route refuses other sites, and sends Bitbucket nothing for them", async ({
  request,
  emulator,
  database,
  appUrl,
}) => {
  await signIn(request, "/profile")
  await database.query("update connection set expires_at = now()")
  const client = await withCookiesOf(request, appUrl)
  for (const headers of [
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])
    expect(
      (await client.post("/api/token/refresh", { headers: headers as Record<string, string> })).status(),
    ).toBe(403)
  expect((await client.get("/api/token/refresh")).status()).toBe(405)
  expect(await refreshRequests(emulator)).toEqual([])
})

test("the refresh route tells an anonymous client to sign in", async ({ request }) => {
  const response = await request.post("/api/token/refresh")
  expect(response.status()).toBe(401)
  expect(await response.json()).toEqual({ error: "reauthorization_required" })
})

test("while Bitbucket is down people stay signed in and see their last known profile", async ({
  page,
  emulator,
  database,
  appUrl,
}) => {
  await signInFrom(page, "/profile")
  await database.query("update connection set expires_at = now() - interval '1 second'")
  await emulator.control.addFault({ kind: "status", status: 503, times: null })
  await page.reload()
  await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
  await expect(page.getByRole("main").getByText("Bitbucket is not answering.")).toBeVisible()

  const client = await withCookiesOf(page, appUrl)
  const response = await client.post("/api/token/refresh")
  expect(response.status()).toBe(503)
  expect(Number(response.headers()["retry-after"])).toBeGreaterThanOrEqual(1)
  expect(await response.json()).toEqual({ error: "bitbucket_unavailable" })
})

test("while Bitbucket never answers, a page comes within six seconds, and so does the next", async ({
  page,
  emulator,
  database,
  appUrl,
}) => {
  await signInFrom(page, "/profile")
  const client = await withCookiesOf(page, appUrl)
  const usual = await timeOf(() => client.get("/profile"))
  for (const expires of [false, true]) {
    if (expires) await database.query("update connection set expires_at = now() - interval '1 second'")
    await readProfileAgo(database, "1 hour")
    await emulator.control.addFault({ kind: "hang", times: null })
    const startedAt = performance.now()
    const response = await client.get("/profile")
    expect(await response.text()).toContain("Demo Person")
    expect(response.status()).toBe(200)
    expect(performance.now() - startedAt).toBeLessThan(6_000 + 5 * usual)
    await emulator.control.clearFaults()
  }
  await database.query("update connection set retry_at = now()")
  await page.reload()
  await expect(page.getByText("Read from Bitbucket just now").first()).toBeVisible()
})

test("a grant that was revoked at Bitbucket leads to one sign-in and back to the page", async ({
  page,
  bitbucket,
  emulator,
  database,
}) => {
  await signInFrom(page, "/profile")
  await emulator.control.revokeGrants("demo")
  await readProfileAgo(database, "1 hour")
  await page.reload()
  await expect(page).toHaveURL(/\/signin\?next=%2Fprofile/)
  expect(await refreshRequests(emulator)).toMatchObject([{ status: 400 }])
  await page
    .getByRole("main")
    .getByRole("link", { name: /bitbucket/i })
    .first()
    .click()
  await bitbucket.allow()
  await expect(page).toHaveURL("/profile")
  await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
})

test("a refresh that Bitbucket keeps refusing without a reason signs no one out, and the page offers to reconnect", async ({
  page,
  emulator,
  database,
}) => {
  await signInFrom(page, "/integrations/bitbucket")
  await database.query("update connection set expires_at = now() - interval '1 second'")
  await emulator.control.addFault({
    match: { grant_type: "refresh_token" },
    kind: "status",
    status: 401,
    times: null,
  })
  const notice = page.getByRole("main").getByRole("status").first()
  for (const words of [/could not be renewed/, /could not be renewed/, /refuses to renew this connection/]) {
    await page.reload()
    await expect(notice).toContainText(words)
    await database.query("update connection set retry_at = null")
  }
  expect((await database.query("select status, failures from connection")).rows).toEqual([
    { status: "active", failures: 3 },
  ])
  await emulator.control.clearFaults()
  await pressOnConnectionPage(page, "link", "Sign in at Bitbucket again")
  await expect(page).toHaveURL("/integrations/bitbucket")
  await expect(page.getByText("Connected", { exact: true }).first()).toBeVisible()
})

test("a person who waits while Bitbucket refuses the app has a fresh token within half a minute of the fix", async ({
  page,
  emulator,
  database,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/status of 503/)
  await signInFrom(page, "/integrations/bitbucket")
  await database.query("update connection set expires_at = now() - interval '1 second'")
  await emulator.control.addFault({
    match: { grant_type: "refresh_token" },
    kind: "status",
    status: 400,
    headers: { "content-type": "application/json" },
    body: '{"error_description": "Invalid OAuth client credentials", "error": "unauthorized_client"}',
    times: null,
  })
  await page.reload()
  const notice = page.getByRole("main").getByText(/Bitbucket does not recognize this site, and/)
  await expect(notice).toBeVisible()
  await emulator.control.clearFaults()
  await expect(notice).toBeHidden({ timeout: 30_000 })
  const { rows } = await database.query("select failures, expires_at > now() as fresh from connection")
  expect(rows).toEqual([{ failures: 0, fresh: true }])
})
