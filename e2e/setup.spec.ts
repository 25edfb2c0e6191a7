import type { Page } from "@playwright/test"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { Client } from "pg"
import { freePort } from "../scripts/server-process"
import { appEnvironment, createDatabase, startApp } from "./app-server"
import { test as base, expect } from "./fixtures"
import { accessibilityFaults, expectGoodLayout } from "./looks"
import { clientFor } from "./seeds"
import { timeOf } from "./usual-time"

type Setup = { url: string; emulator: Emulator; environment: Record<string, string> }

/** An app with the setup page on, as in the demo. */
const test = base.extend<{ pageIsWell: undefined }, { setup: Setup }>({
  setup: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the dependencies out of the pattern
    async ({}, use, { workerIndex }) => {
      const port = await freePort()
      const url = `http://localhost:${port}`
      const emulator = await startEmulator({ port: 0, callbackUrl: url })
      const databaseUrl = await createDatabase(`setup_${workerIndex}`)
      const environment = { ...appEnvironment({ port, databaseUrl, emulator }), SETUP_PAGE: "on" }
      const app = await startApp(environment)
      await use({ url, emulator, environment })
      await app.stop()
      await emulator.close()
    },
    { scope: "worker" },
  ],
  pageIsWell: [
    async ({ setup }, use) => {
      await setup.emulator.reset()
      await use(undefined)
    },
    { auto: true },
  ],
})

/** One check of the page, opened if it was collapsed. */
const check = (page: Page, id: string) => page.locator(`[data-check="${id}"]`)

test("the setup page does not exist unless it is switched on", async ({ request }) => {
  const answer = await request.get("/setup")
  expect(answer.status()).toBe(404)
  expect(await answer.text()).not.toContain("Setup check")
  expect(await (await request.get("/")).text()).not.toContain("/setup")
})

test("on a public site it does not exist even if it is switched on", async ({ environment, request }) => {
  const port = await freePort()
  const publicSite = {
    ...environment,
    PORT: String(port),
    AUTH_URL: "https://app.example",
    SETUP_PAGE: "on",
  }
  const app = await startApp(publicSite, `http://localhost:${port}`)
  expect((await request.get(`http://localhost:${port}/setup`)).status()).toBe(404)
  await app.stop()
})

test("a correct setup is all green, names the callback URL and shows no secret", async ({ page, setup }) => {
  await page.goto(setup.url)
  await page.getByRole("link", { name: "Check this setup" }).click()
  await expect(page.getByText("All is well.")).toBeVisible()
  await expect(page.getByText("Wrong", { exact: true })).toHaveCount(0)
  const callbackUrl = `${setup.url}/api/auth/callback/bitbucket`
  await expect(page.getByText(callbackUrl, { exact: true }).first()).toBeVisible()
  const source = await page.content()
  for (const name of ["AUTH_SECRET", "AUTH_BITBUCKET_SECRET", "CRON_SECRET", "DATABASE_URL"])
    expect(source, name).not.toContain(setup.environment[name])
  const requests = await setup.emulator.control.listRequests()
  expect(requests.map(({ method, path, status }) => `${method} ${path} ${status}`).sort()).toEqual([
    "GET /2.0/user 401",
    "GET /site/oauth2/authorize 302",
    "POST /site/oauth2/access_token 400",
  ])
})

test("one press of a button copies the callback URL", async ({ page, context, setup }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: setup.url })
  await page.goto(`${setup.url}/setup`)
  await page.getByRole("button", { name: "Copy the callback URL" }).click()
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    `${setup.url}/api/auth/callback/bitbucket`,
  )
})

test("the page explains a wrong secret, a wrong key and a callback that does not match", async ({
  page,
  setup,
}) => {
  const { control } = setup.emulator
  const look = () => page.goto(`${setup.url}/setup`)

  await control.reset({ clients: [clientFor(setup.url, { secret: "another" })] })
  await look()
  await expect(page.getByText("One thing is wrong.")).toBeVisible()
  await expect(check(page, "bitbucket.client")).toContainText("does not accept this key with this secret")

  await control.reset({ clients: [clientFor(setup.url, { key: "another" })] })
  await look()
  await expect(page.getByText("One thing is wrong.")).toBeVisible()
  await expect(check(page, "callback.registered")).toContainText("does not know the key in AUTH_BITBUCKET_ID")

  await control.reset({ clients: [clientFor("http://localhost:1/elsewhere")] })
  await look()
  await expect(check(page, "bitbucket.client")).toContainText("accepts the key and the secret")
  await expect(check(page, "callback.registered")).toContainText(
    "does not begin with the one that is registered",
  )
})

test("the page reports once that Bitbucket is down, and comes within six seconds", async ({
  page,
  setup,
}) => {
  const usual = await timeOf(() => page.goto(`${setup.url}/setup`))
  for (const path of ["/site/*", "/2.0/*"])
    await setup.emulator.control.addFault({ kind: "hang", times: null, match: { path } })
  const startedAt = Date.now()
  await page.goto(`${setup.url}/setup`)
  expect(Date.now() - startedAt).toBeLessThan(6_000 + 5 * usual)
  await expect(page.getByText("One thing is wrong.")).toBeVisible()
  await expect(check(page, "bitbucket.reachable")).toContainText("Bitbucket did not answer in time")
  await setup.emulator.control.clearFaults()
})

test("the page reports an outdated schema, and the command that updates it", async ({ page, setup }) => {
  const database = new Client(setup.environment.DATABASE_URL)
  await database.connect()
  const { rows } = await database.query(
    "delete from auth_bitbucket.migration where name = (select max(name) from auth_bitbucket.migration) returning name",
  )
  await page.goto(`${setup.url}/setup`)
  await expect(check(page, "database.schema")).toContainText("one migration is missing")
  await expect(check(page, "database.schema")).toContainText("npm run db:migrate")
  await database.query("insert into auth_bitbucket.migration (name) values ($1)", [rows[0].name])
  await database.end()
})

test("the page reports that the app was opened at another host than AUTH_URL", async ({ page, setup }) => {
  await page.goto(`${setup.url.replace("localhost", "127.0.0.1")}/setup`)
  await expect(check(page, "callback.seen_origin")).toContainText("signing in from here leads there")
})

test.describe("the page of a failed sign-in", () => {
  test.use({ expectedConsoleErrors: [/503/] })

  test("leads developers to the setup page", async ({ page, setup }) => {
    await page.goto(`${setup.url}/auth/error?error=misconfigured`)
    await page.getByText("For the owner of this site").click()
    await page.getByRole("link", { name: "check this setup" }).click()
    await expect(page).toHaveURL(`${setup.url}/setup`)
  })
})

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false })

  test("the page is complete, and offers no copying", async ({ page, setup }) => {
    await page.goto(`${setup.url}/setup`)
    await expect(page.getByText("All is well.")).toBeVisible()
    await expect(page.getByText(`${setup.url}/api/auth/callback/bitbucket`).first()).toBeVisible()
    await expect(page.getByRole("button", { name: "Copy" })).toBeHidden()
    for (const heading of ["Where to click in Bitbucket", "When Bitbucket shows an error"])
      await expect(page.getByRole("heading", { name: heading })).toBeVisible()
  })
})

test("the page is readable and usable in every look", async ({ page, setup }) => {
  await setup.emulator.control.reset({ clients: [] })
  await page.goto(`${setup.url}/setup`)
  await expect(page.getByText("One thing is wrong.")).toBeVisible()
  for (const folded of await page.locator("main summary").all()) await folded.click()
  await expectGoodLayout(page, "setup")
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await accessibilityFaults(page), colorScheme).toEqual([])
  }
})
