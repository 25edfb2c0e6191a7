import { tracedBytes, weighPage } from "../test/page-weight"
import { startStatementCounter } from "../test/statement-counter"
import { expect, test } from "./fixtures"
import { startOwnApp } from "./own-app"
import { cookiesOf, signIn, signInFrom, withCookiesOf } from "./person"

/**
 * The scripts of a page of Next 16.4 that has no client component: those of `bench/peers/light`, as `weighPage` weighs
 * them. A new version of Next has another number.
 */
const BARE_NEXT_GZIP = 134_904

/** Numbers that do not depend on the machine: the last measurements plus about a tenth; scripts above those of Next. */
const budget = {
  landingScriptsGzip: BARE_NEXT_GZIP + 5_000,
  profileScriptsGzip: BARE_NEXT_GZIP + 15_000,
  html: 20_000,
  htmlGzip: 5_000,
  rsc: 11_000,
  cookies: 1_000,
  tracedProfile: 3.4 * 2 ** 20,
  tracedMiddleware: 1.8 * 2 ** 20,
}

test("the files that every page loads first stay within their budget of bytes", async () => {
  expect(await tracedBytes(".next/server/middleware.js")).toBeLessThanOrEqual(budget.tracedMiddleware)
})

test("the profile page and the landing page stay within their budgets of scripts, HTML, navigation payload and cookies", async ({
  page,
  appUrl,
}) => {
  await signInFrom(page, "/profile")
  const weight = await weighPage(new URL("/profile", appUrl), await cookiesOf(page, appUrl))
  expect(weight.scripts.length, "scripts were found to be weighed").toBeGreaterThan(3)
  expect(weight.scriptsGzip).toBeLessThanOrEqual(budget.profileScriptsGzip)
  const landing = await weighPage(new URL("/", appUrl), "")
  expect(landing.scripts.length, "scripts of the landing page").toBeGreaterThan(3)
  expect(landing.scriptsGzip).toBeLessThanOrEqual(budget.landingScriptsGzip)
  expect(weight.html).toBeLessThanOrEqual(budget.html)
  expect(weight.htmlGzip).toBeLessThanOrEqual(budget.htmlGzip)
  expect(weight.rsc).toBeLessThanOrEqual(budget.rsc)
  expect(weight.cookies).toBeLessThanOrEqual(budget.cookies)
  const profile = ".next/server/app/(signed-in)/profile/page.js"
  expect(await tracedBytes(profile)).toBeLessThanOrEqual(budget.tracedProfile)
})

test("a signed-in view stays within its budget of database queries and Bitbucket requests", async ({
  request,
  emulator,
  environment,
  appUrl,
}) => {
  await signIn(request, "/profile")
  await using counter = await startStatementCounter(environment.DATABASE_URL ?? "")
  const counted = { ...environment, DATABASE_URL: counter.url }
  await using app = await startOwnApp(counted)
  const client = await withCookiesOf(request, appUrl)
  for (const [path, queries, calls] of [
    ["/profile", 1, 0],
    ["/sessions", 2, 0],
    ["/activity", 3, 0],
    ["/", 1, 0],
  ] as const) {
    await client.get(app.url + path)
    counter.take()
    await emulator.control.clearRequests()
    const response = await client.get(app.url + path)
    await response.text()
    expect(response.headers()["set-cookie"], `${path} writes no cookie`).toBeUndefined()
    expect(counter.take(), `statements of ${path}`).toHaveLength(queries)
    expect(await emulator.control.listRequests(), `calls of ${path}`).toHaveLength(calls)
  }
})
