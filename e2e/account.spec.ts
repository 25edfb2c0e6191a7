import { expect, test } from "./fixtures"
import { BitbucketPages } from "./pages/bitbucket-pages"
import { pressOnConnectionPage } from "./pages/connection-page"
import { refreshRequests, signIn, signInFrom, withCookiesOf } from "./person"

test("a person sees the browsers they are signed in with, signs another out, and stays signed in here", async ({
  page,
  browser,
  appUrl,
  emulator,
}) => {
  await emulator.control.changeConfig({ remember_allow: false })
  const context = await browser.newContext({
    baseURL: appUrl,
    userAgent: "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
  })
  const elsewhere = await context.newPage()
  await signInFrom(page, "/profile")
  await signInFrom(elsewhere, "/profile")
  await page.goto("/sessions")
  await expect(page.getByRole("main").getByRole("listitem").first()).toContainText("This browser")
  const others = page.getByRole("listitem").filter({ hasText: "Firefox on Windows" })
  await expect(others.getByText("New since you signed in here")).toBeVisible()
  await page.getByRole("button", { name: "Sign out of Firefox on Windows" }).click()
  await expect(page.getByText("Signed out of Firefox on Windows.")).toBeVisible()
  await expect(page.locator(".outcome")).toBeFocused()
  await expect(others).toHaveCount(0)
  await page.goto("/profile")
  await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()

  // Not straight to Bitbucket: the sign-in page says why.
  for (const path of ["/integrations/bitbucket", "/activity"]) {
    await elsewhere.goto(path)
    await expect(elsewhere).toHaveURL(`/signin?next=${encodeURIComponent(path)}`)
    await expect(elsewhere.getByText("You have been signed out.")).toBeVisible()
    await expect(elsewhere.getByText("You signed this browser out from another one")).toBeVisible()
  }
  await elsewhere.getByRole("link", { name: "Sign in with Bitbucket", exact: true }).click()
  await new BitbucketPages(elsewhere).allow()
  await expect(elsewhere).toHaveURL("/activity")
  await expect(elsewhere.getByText("You signed out of Firefox on Windows on the Sessions page")).toBeVisible()
  await context.close()
})

for (const where of ["another browser", "another tab"])
  test(`a person who presses a button after signing out in ${where} learns that it did nothing, and returns to that page after signing in`, async ({
    page,
    context,
    database,
  }) => {
    await signInFrom(page, "/integrations/bitbucket")
    if (where === "another browser") await database.query("delete from session")
    else await context.clearCookies({ name: /session-token/ })
    await pressOnConnectionPage(page, "button", "Stay connected while signed out")
    await expect(page.getByText("You were signed out already.")).toBeVisible()
    expect((await database.query("select stays_connected from connection")).rows).toEqual([
      { stays_connected: false },
    ])
    await page.getByRole("link", { name: "Sign in with Bitbucket", exact: true }).click()
    await expect(page).toHaveURL("/integrations/bitbucket")
  })

test("a session ends after a week without use, and after a month at the latest", async ({
  request,
  database,
  appUrl,
}) => {
  await signIn(request, "/profile")
  const client = await withCookiesOf(request, appUrl)
  const { rows } = await database.query(
    "select expires_at - last_seen_at = interval '7 days' as idle, created_at = last_seen_at as fresh from session",
  )
  expect(rows).toEqual([{ idle: true, fresh: true }])

  await database.query(
    "update session set created_at = now() - interval '29 days', last_seen_at = now() - interval '6 days'",
  )
  expect((await client.get("/profile")).status()).toBe(200)
  await expect
    .poll(
      async () =>
        (await database.query("select expires_at - created_at = interval '30 days' as capped from session"))
          .rows,
    )
    .toEqual([{ capped: true }])

  await database.query("update session set expires_at = now() - interval '1 second'")
  expect((await client.get("/profile")).status()).toBe(307)
})

test("the activity list of an account is visible to its person and to no one else", async ({
  page,
  emulator,
  database,
}) => {
  await signInFrom(page, "/profile")
  await database.query("update connection set expires_at = now() - interval '1 second'")
  await page.goto("/integrations/bitbucket")
  await database.query(
    "insert into activity (account_uuid, kind) values ('{another-person}', 'disconnected')",
  )
  await page.goto("/activity")
  // Token uses may be listed between them, collapsed.
  const entries = page.getByRole("main").locator(".entry > p")
  await expect(entries).toHaveText([/Connection renewed/, /Signed in with Chrome/])
  expect(await refreshRequests(emulator)).toHaveLength(1)
})

test("a person refreshes by hand, and chooses to stay connected while signed out", async ({
  page,
  database,
  emulator,
}) => {
  await signInFrom(page, "/integrations/bitbucket")
  await pressOnConnectionPage(page, "button", "Renew access now")
  await expect(page.getByText("Nothing to renew: your access is less than a minute old.")).toBeVisible()
  await database.query(
    "update connection set issued_at = now() - interval '1 hour', expires_at = now() + interval '1 hour'",
  )
  await pressOnConnectionPage(page, "button", "Renew access now")
  await expect(page.getByText("Renewed just now.")).toBeVisible()
  await database.query("update connection set issued_at = issued_at - interval '2 minutes'")
  await page.reload()
  await expect(page.getByRole("main").getByText("Renews automatically.")).toBeVisible()
  await expect(page.getByText("Renewed just now.")).toHaveCount(0)
  expect(await refreshRequests(emulator)).toHaveLength(1)

  await pressOnConnectionPage(page, "button", "Stay connected while signed out")
  await expect(page.getByRole("main").getByText("Stays connected.")).toBeVisible()
  await page.getByRole("button", { name: "Sign out" }).first().click()
  await expect(page).toHaveURL("/")
  expect((await database.query("select stays_connected from connection")).rows).toEqual([
    { stays_connected: true },
  ])
})

test("an ended connection whose access token still works shows until when, and that it will not renew", async ({
  page,
  database,
}) => {
  await signInFrom(page, "/integrations/bitbucket")
  await database.query(
    `update connection set status = 'dead', last_failure = 'no_refresh_token', last_failure_at = now(),
      issued_at = now() - interval '80 minutes', expires_at = now() + interval '40 minutes'`,
  )
  await page.reload()
  const main = page.getByRole("main")
  await expect(main.getByText("This connection has ended.")).toBeVisible()
  await expect(main.getByText("Access continues until")).toBeVisible()
  await expect(main.getByText("It won’t renew.")).toBeVisible()
  await expect(main.getByText("It has expired")).toHaveCount(0)
  await expect(main.getByText("Bitbucket gave nothing to renew the connection with")).toBeVisible()
  await expect(page.getByRole("button", { name: "Renew access now" })).toHaveCount(0)

  await database.query("update connection set expires_at = now() - interval '1 second'")
  await page.goto("/profile")
  await expect(page.getByRole("status").first()).toContainText("Your connection to Bitbucket has ended.")
})

test("a page does not blame Bitbucket when the app's own client is refused", async ({
  page,
  database,
  emulator,
}) => {
  await signInFrom(page, "/integrations/bitbucket")
  await database.query("update connection set expires_at = now() - interval '1 second'")
  await emulator.control.addFault({
    match: { grant_type: "refresh_token" },
    kind: "status",
    status: 400,
    headers: { "content-type": "application/json" },
    body: '{"error": "unauthorized_client", "error_description": "Invalid OAuth client credentials"}',
    times: null,
  })
  await page.reload()
  const notice = page.getByRole("main").getByRole("status").first()
  await expect(notice).toContainText("could not be renewed")
  await expect(notice).toContainText("only its owner can fix")
  await expect(page.getByText("Bitbucket is not answering.")).toHaveCount(0)
})

test("a person whose row cannot be read learns that the fault is on our side, and sees their page after signing in again", async ({
  page,
  database,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/status of 500/)
  await signInFrom(page, "/profile")
  await database.query("update connection set profile = '{}'")
  for (const path of ["/profile", "/sessions", "/integrations/bitbucket", "/activity"]) {
    await page.goto(path)
    await expect(page).toHaveURL(/\/auth\/error\?error=internal_error/)
  }
  await page.goto("/signin?next=/profile")
  await page.getByRole("link", { name: "Sign in with Bitbucket", exact: true }).click()
  await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
})
