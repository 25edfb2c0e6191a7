import type { Page } from "@playwright/test"
import { expect, test } from "./fixtures"
import { BitbucketPages } from "./pages/bitbucket-pages"
import { locationOf, signIn, signInFrom, withCookiesOf } from "./person"

async function pressSignOut(page: Page): Promise<void> {
  await page
    .getByRole("button", { name: /sign out/i })
    .first()
    .click()
  await expect(page).toHaveURL("/")
}

test("signing out ends the session on the server: a copy of the cookie opens nothing and identifies no one", async ({
  page,
  appUrl,
  database,
}) => {
  await signInFrom(page, "/profile")
  const copy = await withCookiesOf(page, appUrl)
  expect((await copy.get("/profile")).status()).toBe(200)
  expect(await (await copy.get("/api/auth/session")).json()).toMatchObject({ user: { name: "Demo Person" } })

  await pressSignOut(page)

  const refused = await copy.get("/profile")
  expect(refused.status()).toBe(307)
  expect(locationOf(refused).pathname).toBe("/signin")
  expect(await (await copy.get("/api/auth/session")).json()).toBeNull()
  expect((await copy.post("/api/token/refresh")).status()).toBe(401)
  expect((await database.query("select 1 from connection")).rowCount, "tokens of the last session").toBe(0)
})

test("the sign-out of Auth.js ends the session on the server too", async ({ request, appUrl, database }) => {
  await signIn(request, "/profile")
  const client = await withCookiesOf(request, appUrl)
  const copy = await withCookiesOf(request, appUrl)
  const { csrfToken } = await (await client.get("/api/auth/csrf")).json()
  await client.post("/api/auth/signout", { form: { csrfToken, callbackUrl: "/" } })
  expect((await copy.get("/profile")).status()).toBe(307)
  expect((await database.query("select 1 from session")).rowCount).toBe(0)
})

test("the sign-out of Auth.js clears a cookie that opens nothing, and records nothing if the session had already ended", async ({
  page,
  appUrl,
  database,
}) => {
  await signInFrom(page, "/profile")
  const copy = await withCookiesOf(page, appUrl)
  const cookies = await page.context().cookies(appUrl)
  const { name = "" } = cookies.find((cookie) => cookie.name.endsWith("session-token")) ?? {}
  await pressSignOut(page)
  const signOut = async (client: typeof copy) => {
    const { csrfToken } = await (await client.get("/api/auth/csrf")).json()
    return client.post("/api/auth/signout", { form: { csrfToken, callbackUrl: "/" } })
  }
  expect((await signOut(copy)).status()).toBe(302)
  const entries = await database.query("select detail from activity where kind = 'signed_out'")
  expect(entries.rows).toEqual([{ detail: "Chrome on Windows" }])

  const secure = appUrl.startsWith("https:")
  await page.context().addCookies([{ name, value: "junk", url: appUrl, secure }])
  const answer = await signOut(await withCookiesOf(page, appUrl))
  expect(answer.status()).toBe(302)
  expect(answer.headers()["set-cookie"]).toContain(`${name}=;`)
})

test("signing out in one browser leaves the other signed in", async ({ page, browser, appUrl }) => {
  await signInFrom(page, "/profile")
  const otherContext = await browser.newContext({ baseURL: appUrl })
  const other = await otherContext.newPage()
  await other.goto("/profile")
  await expect(other).toHaveURL(/\/signin/)
  await otherContext.addCookies(await page.context().cookies("http://127.0.0.1"))
  const otherBitbucket = new BitbucketPages(other)
  await other.goto("/oauth/bitbucket/authorize?next=/profile")
  if (new URL(other.url()).pathname.startsWith("/account/signin")) await otherBitbucket.signIn("demo")
  await expect(other).toHaveURL("/profile")

  await pressSignOut(page)
  await other.reload()
  await expect(other.getByRole("heading", { name: "Demo Person" })).toBeVisible()
  await otherContext.close()
})

test("disconnecting deletes the tokens and ends every session of the account", async ({
  page,
  appUrl,
  database,
}) => {
  await signInFrom(page, "/integrations/bitbucket")
  const elsewhere = await withCookiesOf(page, appUrl)
  await page
    .getByRole("button", { name: /^disconnect/i })
    .first()
    .click()
  await page
    .getByRole("button", { name: /^(yes, )?disconnect/i })
    .last()
    .click()
  await expect(page).not.toHaveURL(/integrations/)
  expect((await database.query("select 1 from connection")).rowCount).toBe(0)
  expect((await database.query("select 1 from session")).rowCount).toBe(0)
  expect((await elsewhere.get("/profile")).status()).toBe(307)
})
