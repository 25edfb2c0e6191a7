import type { FaultInput } from "bitbucket-emulator"
import { signInFailures } from "../lib/sign-in/failures"
import { expect, test } from "./fixtures"
import { expectGoodInEveryLook, expectGoodLayout, expectPlainWords } from "./looks"
import { startOwnApp } from "./own-app"
import { BitbucketPages } from "./pages/bitbucket-pages"
import { locationOf } from "./person"
import { clientFor } from "./seeds"

/** With `__Host-` in front if the app is served with TLS. */
const noteCookie = /authjs\.failure$/
const json = { "content-type": "application/json" }
const user = { path: "/2.0/user" }
const tokenEndpoint = { path: "/site/oauth2/access_token" }

/** In each of these, a person wanted their connection page; each page says something different. */
const failuresAtBitbucket: {
  what: string
  fault: FaultInput
  code: string
  status: number
  says: RegExp
  retry: string | null
}[] = [
  {
    what: "is down",
    fault: { match: user, kind: "status", status: 503 },
    code: "bitbucket_unavailable",
    status: 503,
    says: /could not be reached/,
    retry: "Try again",
  },
  {
    what: "does not answer",
    fault: { match: user, kind: "hang" },
    code: "bitbucket_slow",
    status: 503,
    says: /took too long/,
    retry: "Try again",
  },
  {
    what: "limits the rate",
    fault: {
      match: user,
      kind: "status",
      status: 429,
      body: '{"links": {}}',
      headers: { ...json, "retry-after": "300" },
    },
    code: "bitbucket_rate_limited",
    status: 503,
    says: /Try again in [45] minutes, after \d+ \w+ \d{4}, \d\d:\d\d UTC/,
    retry: "Try again",
  },
  {
    what: "limits the rate of its token endpoint",
    fault: {
      match: tokenEndpoint,
      kind: "status",
      status: 429,
      body: "Rate limit exceeded",
      headers: { "content-type": "text/plain", "retry-after": "120" },
    },
    code: "bitbucket_rate_limited",
    status: 503,
    says: /Try again in (2 minutes|1 minute), after/,
    retry: "Try again",
  },
  {
    what: "answers with a page instead of tokens",
    fault: { match: tokenEndpoint, kind: "html", status: 200 },
    code: "bitbucket_unavailable",
    status: 503,
    says: /could not be reached/,
    retry: "Try again",
  },
  {
    what: "refuses this app's client",
    fault: {
      match: tokenEndpoint,
      kind: "status",
      status: 400,
      headers: json,
      body: '{"error_description": "Invalid OAuth client credentials", "error": "unauthorized_client"}',
    },
    code: "misconfigured",
    status: 503,
    says: /not set up correctly here/,
    retry: null,
  },
  ...[
    { what: "does not accept the new token", answer: { status: 401, body: "" } },
    {
      what: "demands single sign-on",
      answer: {
        status: 403,
        headers: { "content-type": "text/plain" },
        body: "To access this resource, sign in with your organization's SSO provider.",
      },
    },
    { what: "does not know the account", answer: { status: 404, body: "" } },
    {
      what: "has removed the endpoint",
      answer: { status: 410, headers: json, body: '{"type": "error", "error": {"message": "CHANGE-1"}}' },
    },
  ].map(({ what, answer }) => ({
    what,
    fault: { match: user, kind: "status" as const, ...answer },
    code: "account_refused",
    status: 403,
    says: /Bitbucket refuses this account here/,
    retry: "Try again",
  })),
  {
    what: "was not asked for the account",
    fault: {
      match: user,
      kind: "status",
      status: 403,
      headers: json,
      body: JSON.stringify({
        type: "error",
        error: {
          message: "Your credentials lack one or more required privilege scopes.",
          detail: { granted: ["email"], required: ["account"] },
        },
      }),
    },
    code: "missing_scope",
    status: 403,
    says: /did not say who you are/,
    retry: "Try again",
  },
]

for (const { what, fault, code, status, says, retry } of failuresAtBitbucket)
  test(`a sign-in while Bitbucket ${what} creates no session, says so, and keeps the return page`, async ({
    page,
    bitbucket,
    emulator,
    database,
    expectedConsoleErrors,
  }) => {
    expectedConsoleErrors.push(new RegExp(`status of ${status}`))
    await emulator.control.addFault({ ...fault, times: null })
    await page.goto("/oauth/bitbucket/authorize?next=/integrations/bitbucket")
    const answered = page.waitForResponse((response) => response.url().includes("/auth/error"))
    await bitbucket.signInAndAllow("demo")
    expect((await answered).status()).toBe(status)
    await expect(page).toHaveURL(`/auth/error?error=${code}&next=%2Fintegrations%2Fbitbucket`)
    await expect(page.getByRole("main").getByRole("alert")).toContainText(says)
    expect((await database.query("select 1 from session")).rowCount).toBe(0)

    await emulator.control.clearFaults()
    if (retry === null) return
    await page.getByRole("main").getByRole("link", { name: retry }).click()
    await expect(page).toHaveURL("/integrations/bitbucket")
  })

test("a person who cancels at Bitbucket learns that nothing happened, without an error status, and can try again", async ({
  page,
  bitbucket,
  emulator,
}) => {
  await page.goto("/oauth/bitbucket/authorize?next=/integrations/bitbucket")
  await bitbucket.signIn("demo")
  const answered = page.waitForResponse((response) => response.url().includes("/auth/error"))
  await bitbucket.deny()
  expect((await answered).status()).toBe(200)
  await expect(page.getByRole("main").getByRole("status")).toContainText("You chose Cancel at Bitbucket")
  const asked = (await emulator.control.listRequests()).filter(({ path }) => path.includes("access_token"))
  expect(asked).toEqual([])
  await page.getByRole("main").getByRole("link", { name: "Try again" }).click()
  await bitbucket.allow()
  await expect(page).toHaveURL("/integrations/bitbucket")
})

test("a sign-in that finishes in another browser than it started in says so there", async ({
  page,
  bitbucket,
  request,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/status of 400/)
  const started = await request.get("/oauth/bitbucket/authorize?next=/profile", { maxRedirects: 0 })
  await page.goto(locationOf(started).href)
  await bitbucket.signInAndAllow("demo")
  await expect(page).toHaveURL(/\/auth\/error\?error=sign_in_elsewhere/)
  await expect(page.getByRole("main").getByRole("alert")).toContainText("in another browser")
})

test("a callback that belongs to no sign-in of ours gets its own page, and Bitbucket receives no request", async ({
  page,
  emulator,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/status of 400/)
  await page.goto("/api/auth/callback/bitbucket?code=stolen&state=forged")
  await expect(page).toHaveURL(/\/auth\/error\?error=callback_mismatch/)
  await expect(page.getByRole("main").getByRole("alert")).toContainText("we ignored the link")
  expect(await emulator.control.listRequests()).toEqual([])
})

test("the page of a sign-in that took too long says so, and starts again in one step", async ({
  page,
  bitbucket,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/status of 400/)
  const response = await page.goto("/auth/error?error=sign_in_expired&next=%2Fsessions")
  expect(response?.status()).toBe(400)
  await expect(page.getByRole("main").getByRole("alert")).toContainText("You have 15 minutes")
  await page.getByRole("main").getByRole("link", { name: "Sign in again" }).click()
  await bitbucket.signInAndAllow("demo")
  await expect(page).toHaveURL("/sessions")
})

test("an unknown failure code gets the generic page, whatever it says", async ({
  page,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/status of 400/)
  await page.goto("/auth/error?error=%3Cimg%20src=x%20onerror=alert(1)%3E&next=//evil.example")
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Signing in did not work")
  await expect(page.getByRole("main").getByRole("link", { name: "Try again" })).toHaveAttribute(
    "href",
    /next=%2Fprofile$/,
  )
})

test("a person refused for their workspace or their address learns which account they used", async ({
  browser,
  emulator,
  environment,
  database,
}) => {
  await using app = await startOwnApp({
    ...environment,
    ALLOWED_WORKSPACES: "elsewhere",
    REQUIRE_CONFIRMED_EMAIL: "on",
  })
  const seed = (scopes: ("account" | "email")[]) =>
    emulator.control.reset({
      people: [
        {
          username: "sam",
          password: "sam",
          display_name: "Sam Where",
          emails: [{ email: "sam@example.com", is_primary: true }],
        },
        {
          username: "una",
          password: "una",
          display_name: "Una Confirmed",
          emails: [{ email: "una@example.com", is_primary: true, is_confirmed: false }],
        },
      ],
      clients: [clientFor(app.url, { scopes })],
    })
  await seed(["account", "email"])
  for (const [username, code, name, says] of [
    ["sam", "workspace_not_allowed", "Sam Where", /Only members of certain Bitbucket workspaces/],
    ["una", "no_confirmed_email", "Una Confirmed", /email address that you have confirmed/],
  ] as const) {
    const context = await browser.newContext({ baseURL: app.url })
    const page = await context.newPage()
    await page.goto("/oauth/bitbucket/authorize?next=/profile")
    const answered = page.waitForResponse((response) => response.url().includes("/auth/error"))
    await new BitbucketPages(page).signInAndAllow(username)
    expect((await answered).status()).toBe(403)
    await expect(page).toHaveURL(new RegExp(`error=${code}`))
    await expect(page.getByRole("main").getByRole("alert")).toContainText(says)
    await expect(page.getByRole("main").getByRole("alert")).toContainText(`signed you in as ${name}`)
    await expectGoodInEveryLook(page, code)
    await page.goto(`/auth/error?error=missing_scope`)
    await expect(page.getByText("signed you in as")).toHaveCount(0)
    await context.close()
  }
  await seed(["account"])
  const page = await browser.newPage({ baseURL: app.url })
  await page.goto("/oauth/bitbucket/authorize?next=/profile")
  await new BitbucketPages(page).signInAndAllow("sam")
  await expect(page, "that no address may be seen is not the person's fault").toHaveURL(
    /error=email_not_shown/,
  )
  const told = page.getByRole("main").getByRole("alert")
  await expect(told).toContainText("Bitbucket did not show your email address")
  await expect(told).toContainText("signed you in as Sam Where")
  await expect(told).not.toContainText("who you are")
  await page.close()
  expect((await database.query("select 1 from connection")).rowCount).toBe(0)
})

test("the page of every failure is laid out well in every look, in plain words", async ({
  page,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/status of (400|403|500|503)/)
  for (const code of Object.keys(signInFailures)) {
    await page.goto(`/auth/error?error=${code}`)
    await expectPlainWords(page)
    await expectGoodLayout(page, code)
  }
})

test("visitors do not see which environment variable a failure concerns", async ({ request }) => {
  for (const code of [
    "misconfigured",
    "workspace_not_allowed",
    "database_unavailable",
    "no_confirmed_email",
  ]) {
    const html = await (await request.get(`/auth/error?error=${code}`)).text()
    expect(html, code).not.toMatch(/AUTH_[A-Z]+|DATABASE_URL|ALLOWED_WORKSPACES|REQUIRE_CONFIRMED/)
  }
})

test("a person whose sign-in failed reaches their page once it works", async ({
  page,
  bitbucket,
  context,
  emulator,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/status of 503/)
  await emulator.control.addFault({
    match: user,
    kind: "status",
    status: 429,
    headers: { "retry-after": "60" },
    times: 1,
  })
  await page.goto("/oauth/bitbucket/authorize?next=/activity")
  await bitbucket.signInAndAllow("demo")
  await expect(page).toHaveURL(/error=bitbucket_rate_limited/)
  expect((await context.cookies()).map(({ name }) => name)).toContainEqual(expect.stringMatching(noteCookie))
  await page.getByRole("main").getByRole("link", { name: "Try again" }).click()
  await expect(page).toHaveURL("/activity")
  expect((await context.cookies()).map(({ name }) => name)).not.toContainEqual(
    expect.stringMatching(noteCookie),
  )
})
