import { expect, test } from "./fixtures"
import { locationOf } from "./person"

test("a person signs in from the landing page, approves at Bitbucket, and sees their profile", async ({
  page,
  bitbucket,
}) => {
  await page.goto("/")
  await page.getByRole("link", { name: "Sign in with Bitbucket", exact: true }).first().click()
  await bitbucket.signInAndAllow("demo")
  await expect(page).toHaveURL("/profile")
  await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
  await expect(page.getByText("demo@example.com").first()).toBeVisible()
})

test("a person who opens the app at another hostname of this machine ends up signed in at AUTH_URL", async ({
  page,
  bitbucket,
  appUrl,
}) => {
  await page.goto(`${appUrl.replace("localhost", "127.0.0.1")}/signin?next=/sessions`)
  await page
    .getByRole("main")
    .getByRole("link", { name: /bitbucket/i })
    .first()
    .click()
  await bitbucket.signInAndAllow("demo")
  await expect(page).toHaveURL(`${appUrl}/sessions`)
})

test("a person who wanted a page lands on that page", async ({ page, bitbucket }) => {
  await page.goto("/profile?from=mail")
  await expect(page).toHaveURL("/signin?next=%2Fprofile%3Ffrom%3Dmail")
  await page
    .getByRole("main")
    .getByRole("link", { name: /bitbucket/i })
    .first()
    .click()
  await bitbucket.signInAndAllow("zoe")
  await expect(page).toHaveURL("/profile?from=mail")
  await expect(page.getByRole("heading", { name: "Zoë Ångström-Жукова" })).toBeVisible()
})

test("the integration page leads through Bitbucket and back, hop by hop", async ({
  page,
  bitbucket,
  emulator,
  appUrl,
  request,
}) => {
  const hops = []
  const first = await request.get("/integrations/bitbucket", { maxRedirects: 0 })
  hops.push(first.status())
  const authorize = locationOf(first)
  expect(authorize.pathname).toBe("/oauth/bitbucket/authorize")
  expect(authorize.search).toBe("?next=%2Fintegrations%2Fbitbucket")

  const second = await request.get(authorize.href, { maxRedirects: 0 })
  hops.push(second.status())
  const bitbucketUrl = locationOf(second)
  expect(bitbucketUrl.origin + bitbucketUrl.pathname).toBe(`${emulator.siteUrl}/site/oauth2/authorize`)
  expect(Object.fromEntries(bitbucketUrl.searchParams)).toEqual({
    response_type: "code",
    client_id: "emulatorClientKey1",
    redirect_uri: `${appUrl}/api/auth/callback/bitbucket`,
    scope: "account email",
    state: expect.stringMatching(/^.{22,}$/),
    code_challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    code_challenge_method: "S256",
  })
  expect(hops).toEqual([307, 302])

  await page.goto("/integrations/bitbucket")
  await expect(page).toHaveURL(/\/account\/signin\/\?next=/)
  await bitbucket.signInAndAllow("demo")
  await expect(page).toHaveURL("/integrations/bitbucket")
  await expect(page.getByText("Demo Person").first()).toBeVisible()
})

test("a person whose addresses cannot be read right now can still sign in", async ({
  page,
  bitbucket,
  emulator,
}) => {
  await emulator.control.addFault({
    match: { path: "/2.0/user/emails" },
    kind: "status",
    status: 503,
    times: null,
  })
  await page.goto("/oauth/bitbucket/authorize?next=/integrations/bitbucket")
  await bitbucket.signInAndAllow("demo")
  await expect(page).toHaveURL("/integrations/bitbucket")
})
