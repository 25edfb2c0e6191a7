import { expect, test } from "./fixtures"
import { BitbucketPages } from "./pages/bitbucket-pages"
import { locationOf, withCookiesOf } from "./person"

const callback = "/api/auth/callback/bitbucket"

test("two tabs that sign in at once both get where they wanted, in whatever order they finish", async ({
  page,
  context,
  bitbucket,
}) => {
  const second = await context.newPage()
  await page.goto("/oauth/bitbucket/authorize?next=/profile")
  await second.goto("/oauth/bitbucket/authorize?next=/integrations/bitbucket")
  await bitbucket.signIn("demo")
  await bitbucket.allow()
  await expect(page).toHaveURL("/profile")
  await new BitbucketPages(second).signIn("demo")
  await expect(second).toHaveURL("/integrations/bitbucket")
})

test("sixty sign-ins that are started and left do not fill the browser with cookies", async ({
  page,
  appUrl,
}) => {
  for (let start = 0; start < 60; start++)
    await page.request.get("/oauth/bitbucket/authorize?next=/profile", { maxRedirects: 0 })
  const cookies = await page.context().cookies(appUrl)
  expect(cookies.filter(({ name }) => name.includes("flow"))).toHaveLength(4)
  const header = cookies.map(({ name, value }) => `${name}=${value}`).join("; ")
  expect(header.length).toBeLessThan(8_000)
  expect((await page.request.get("/")).status()).toBe(200)
})

test("a forged callback leaves the sign-in that is under way alone", async ({
  page,
  bitbucket,
  emulator,
}) => {
  await page.goto("/oauth/bitbucket/authorize?next=/profile")
  const forged = await page.request.get(`${callback}?code=stolen&state=forged`, { maxRedirects: 0 })
  expect(locationOf(forged).searchParams.get("error")).toBe("sign_in_expired")
  expect(forged.headersArray().filter(({ name }) => name.toLowerCase() === "set-cookie")).toEqual([])
  const asked = (await emulator.control.listRequests()).filter(({ path }) => path.includes("access_token"))
  expect(asked).toEqual([])
  await bitbucket.signInAndAllow("demo")
  await expect(page).toHaveURL("/profile")
})

test("a callback works once: afterwards Back and reload lead to the profile, and a saved copy to nothing", async ({
  page,
  bitbucket,
  appUrl,
  emulator,
}) => {
  await page.goto("/oauth/bitbucket/authorize?next=/integrations/bitbucket")
  const beforehand = await withCookiesOf(page, appUrl)
  const answer = page.waitForRequest((request) => request.url().includes(callback))
  await bitbucket.signInAndAllow("demo")
  const { pathname, search } = new URL((await answer).url())
  await expect(page).toHaveURL("/integrations/bitbucket")

  await page.goto(pathname + search)
  await expect(page).toHaveURL("/profile")

  const replayed = await beforehand.get(pathname + search)
  expect(locationOf(replayed).pathname).toBe("/auth/error")
  const exchanges = (await emulator.control.listRequests()).filter(
    ({ grant_type }) => grant_type === "authorization_code",
  )
  expect(exchanges.map(({ status }) => status)).toEqual([200, 400])
})

test("an answer whose parameters repeat is refused before Bitbucket is asked", async ({
  page,
  appUrl,
  emulator,
}) => {
  const start = await page.request.get("/oauth/bitbucket/authorize?next=/profile", { maxRedirects: 0 })
  const state = encodeURIComponent(locationOf(start).searchParams.get("state") ?? "")
  for (const query of [
    `code=1&code=2&state=${state}`,
    `code=1&state=x&state=${state}`,
    `code=${"c".repeat(3_000)}&state=${state}`,
  ]) {
    const response = await page.request.get(`${callback}?${query}`, { maxRedirects: 0 })
    expect(response.status()).toBeLessThan(500)
    expect(locationOf(response).origin).toBe(appUrl)
  }
  const asked = (await emulator.control.listRequests()).filter(({ path }) => path.includes("access_token"))
  expect(asked).toEqual([])
})

test("a link checker that asks for the callback's head uses nothing up", async ({ request }) => {
  expect((await request.head(`${callback}?code=c&state=s`)).status()).toBe(405)
})

test("the sign-in form of Auth.js works with its token, and without it starts nothing", async ({
  request,
  emulator,
}) => {
  const { csrfToken } = await (await request.get("/api/auth/csrf")).json()
  const started = await request.post("/api/auth/signin/bitbucket", {
    form: { csrfToken, callbackUrl: "/integrations/bitbucket" },
    maxRedirects: 0,
  })
  expect(locationOf(started).origin).toBe(emulator.siteUrl)

  for (const form of [{ callbackUrl: "/profile" }, { csrfToken: "wrong", callbackUrl: "/profile" }]) {
    const refused = await request.post("/api/auth/signin/bitbucket", { form, maxRedirects: 0 })
    expect(locationOf(refused).pathname).toBe("/signin")
    expect(refused.headers()["set-cookie"] ?? "").not.toContain("flow")
  }
})

test("cookies of a sibling host under nearly the session's name sign nobody out", async ({
  page,
  bitbucket,
  appUrl,
}) => {
  await page.goto("/oauth/bitbucket/authorize?next=/profile")
  await bitbucket.signInAndAllow("demo")
  await expect(page).toHaveURL("/profile")
  const junk = [
    "authjs.session-tokenX",
    "authjs.session-token.9",
    "authjs.callback-url",
    "authjs.csrf-token",
    "authjs.state",
  ]
  await page.context().addCookies(junk.map((name) => ({ name, value: "%00javascript:", url: appUrl })))
  const session = await page.request.get("/api/auth/session")
  expect(await session.json()).toMatchObject({ user: { name: "Demo Person" } })
  expect((await page.request.get("/profile")).status()).toBe(200)
  expect((await page.request.get("/api/auth/csrf")).status()).toBe(200)
  await page.goto("/oauth/bitbucket/authorize?next=/integrations/bitbucket")
  await expect(page).toHaveURL("/integrations/bitbucket")
})
