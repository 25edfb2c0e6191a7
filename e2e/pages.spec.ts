import AxeBuilder from "@axe-core/playwright"
import type { Page } from "@playwright/test"
import { expect, test } from "./fixtures"
import { signInFrom } from "./person"

const publicPages = [
  "/",
  "/signin?next=%2Fintegrations%2Fbitbucket",
  "/signin?next=%2Fprofile&reason=reauthorization",
  "/auth/error?error=access_denied&next=%2Fprofile",
  "/auth/error?error=misconfigured",
  "/disconnected",
]

const privatePages = ["/profile", "/integrations/bitbucket", "/sessions", "/activity"]

async function accessibilityFaults(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ target }) => target) }))
}

async function check(page: Page, path: string) {
  await page.goto(path)
  expect(await accessibilityFaults(page), path).toEqual([])
  const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
  expect(isTooWide, `${path} scrolls sideways`).toBe(false)
}

for (const colorScheme of ["light", "dark"] as const)
  for (const [device, viewport] of [
    ["phone", { width: 360, height: 740 }],
    ["desktop", { width: 1280, height: 800 }],
  ] as const)
    test.describe(`on a ${colorScheme} ${device}`, () => {
      test.use({ colorScheme, viewport })

      test("every public page can be read and used by everybody, and nothing sticks out", async ({
        page,
      }) => {
        for (const path of publicPages) await check(page, path)
      })

      test("every page of one's own can be read and used by everybody, and nothing sticks out", async ({
        page,
        bitbucket,
      }) => {
        await signInFrom(page, bitbucket, "/profile")
        for (const path of [...privatePages, "/", "/signin"]) await check(page, path)
        await page.goto("/integrations/bitbucket")
        await page.getByRole("button", { name: "Disconnect …" }).click()
        await expect(page.getByRole("dialog")).toBeVisible()
        expect(await accessibilityFaults(page), "the question before disconnecting").toEqual([])
      })
    })

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false })

  test("a person signs in, sees their profile, chooses a theme and signs out", async ({
    page,
    bitbucket,
    database,
  }) => {
    await page.goto("/signin?next=%2Fprofile")
    await page.getByRole("link", { name: "Sign in with Bitbucket" }).click()
    await bitbucket.signInAndAllow("demo")
    await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
    await page.getByRole("button", { name: "dark" }).click()
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark")
    await page.getByRole("button", { name: "Sign out" }).click()
    await expect(page).toHaveURL("/")
    expect((await database.query("select 1 from session")).rowCount).toBe(0)
  })

  test("a person disconnects, and is told what Bitbucket keeps", async ({ page, bitbucket, database }) => {
    await signInFrom(page, bitbucket, "/integrations/bitbucket")
    await page.getByRole("button", { name: "Disconnect …" }).click()
    await expect(page.getByText("until you remove it there")).toBeVisible()
    await page.getByRole("button", { name: "Disconnect now" }).click()
    await expect(page).toHaveURL("/disconnected")
    await expect(page.getByRole("link", { name: "Remove it at Bitbucket too" })).toBeVisible()
    expect((await database.query("select 1 from connection")).rowCount).toBe(0)
  })
})

test("a grant that Bitbucket has ended is told on the connection page, which is where it is mended", async ({
  page,
  bitbucket,
  emulator,
  database,
}) => {
  await signInFrom(page, bitbucket, "/integrations/bitbucket")
  await emulator.control.revokeGrants("demo")
  await database.query("update connection set expires_at = now() - interval '1 second'")
  await page.reload()
  await expect(page.getByRole("main").getByRole("alert")).toContainText("Bitbucket has ended this connection")
  expect((await page.goto("/profile"))?.url()).toMatch(/\/signin\?next=%2Fprofile&reason=reauthorization$/)
  await expect(page.getByRole("main").getByRole("status")).toContainText("ended this connection")

  await page.goto("/integrations/bitbucket")
  await page.getByRole("link", { name: "Sign in again" }).click()
  await bitbucket.allow()
  await expect(page).toHaveURL("/integrations/bitbucket")
  await expect(page.getByText("Connected", { exact: true }).first()).toBeVisible()
})
