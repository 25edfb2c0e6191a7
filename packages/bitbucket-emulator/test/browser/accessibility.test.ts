import type { Page } from "playwright-core"
import { expect, test } from "vitest"
import { authorizationRequest, authorizePath, obtainTokens } from "../oauth-client.ts"
import { withEmulator } from "../with-emulator.ts"
import { seriousViolations, withChromium } from "./chromium.ts"

const emulator = withEmulator()
const chromium = withChromium()

async function signedInPage(): Promise<Page> {
  const page = await chromium.newPage()
  await page.goto(`${emulator.current.siteUrl}/account/signin/`)
  await page.getByRole("button", { name: /Continue as Demo Person/ }).click()
  await page.getByRole("button", { name: "Sign out" }).waitFor()
  return page
}

/** Refusals make the browser log their status, so their requests are answered with 200 instead. */
const REFUSALS = new Set(["/no/such/page", "/site/oauth2/authorize?client_id=unknown"])

const pages: [string, string][] = [
  ["the start page", "/"],
  ["the sign-in page", "/account/signin/"],
  ["the consent screen", authorizePath(authorizationRequest())],
  ["the settings", "/account/settings/app-authorizations/"],
  ["the live page", "/_control/"],
  ["the page for a misconfigured client", "/site/oauth2/authorize?client_id=unknown"],
  ["the not-found page", "/no/such/page"],
]

test.each(pages)("axe finds nothing serious on %s", async (_name, path) => {
  const page = await signedInPage()
  if (path === "/_control/" || path.startsWith("/account/settings")) await obtainTokens(emulator.current)
  if (REFUSALS.has(path)) {
    await page.route("**/*", async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, status: 200 })
    })
  }
  await page.goto(`${emulator.current.siteUrl}${path}`)
  expect(await seriousViolations(page)).toEqual([])
})

test("axe finds nothing serious on a refused sign-in", async () => {
  const page = await chromium.newPage()
  await page.goto(`${emulator.current.siteUrl}/account/signin/`)
  await page.getByLabel("Username or email").fill("demo")
  await page.getByLabel("Password", { exact: true }).fill("wrong")
  await page.getByRole("button", { name: "Sign in", exact: true }).click()
  await page.getByRole("alert").waitFor()
  expect(await seriousViolations(page)).toEqual([])
})
