import type { Page } from "@playwright/test"
import type { ServerProcess } from "../scripts/server-process"
import { freePort } from "../scripts/server-process"
import { type DatabaseProxy, startDatabaseProxy } from "../test/database-proxy"
import { createDatabase, startApp } from "./app-server"
import { test as base, expect } from "./fixtures"
import { expectGoodInEveryLook } from "./looks"
import { seedFor } from "./seeds"

type Fixtures = { gate: DatabaseProxy; gatedApp: ServerProcess; gatedUrl: string }

/** An app whose database connection can be cut. It uses the worker's callback URL, since Bitbucket knows that one. */
const test = base.extend<Fixtures>({
  gatedUrl: async ({ emulator }, use) => {
    const port = await freePort()
    const url = `http://localhost:${port}`
    await emulator.control.reset(seedFor(url))
    await use(url)
  },
  gate: async ({ environment }, use) => {
    const gate = await startDatabaseProxy(environment.DATABASE_URL ?? "")
    await use(gate)
    await gate.shut()
  },
  gatedApp: async ({ gate, gatedUrl, environment }, use, { parallelIndex }) => {
    const app = await startApp({
      ...environment,
      PORT: new URL(gatedUrl).port,
      AUTH_URL: gatedUrl,
      DATABASE_URL: gate.through(await createDatabase(`gated_${parallelIndex}`)),
    })
    await use(app)
    await app.stop()
  },
})

const unavailableAlert = (page: Page) => page.getByRole("main").getByRole("alert")

for (const javaScriptEnabled of [true, false])
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled })

    test("while the database is down every protected page says so with 503, and people stay signed in", async ({
      page,
      bitbucket,
      gate,
      gatedApp,
      gatedUrl,
      expectedConsoleErrors,
    }) => {
      expectedConsoleErrors.push(/status of 503/, /Failed to load resource/)
      expect(gatedApp.process.exitCode).toBe(null)
      await page.goto(`${gatedUrl}/oauth/bitbucket/authorize?next=/profile`)
      await bitbucket.signInAndAllow("demo")
      await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
      const cookies = async () => (await page.context().cookies(gatedUrl)).map(({ value }) => value)
      const before = await cookies()

      await gate.shut()
      for (const path of ["/profile", "/integrations/bitbucket", "/sessions", "/activity", "/disconnected"]) {
        const response = await page.goto(gatedUrl + path)
        expect(response?.status(), path).toBe(503)
        await expect(unavailableAlert(page)).toContainText("if you were signed in you still are")
        await expect(page.getByRole("main").getByRole("link", { name: "Try again" })).toHaveAttribute(
          "href",
          path,
        )
      }
      for (const path of ["/", "/signin"])
        expect((await page.goto(gatedUrl + path))?.status(), path).toBe(200)
      if (javaScriptEnabled) {
        await page.goto(`${gatedUrl}/profile`)
        await expectGoodInEveryLook(page, "database_unavailable")
      }
      expect(await cookies()).toEqual(before)

      await gate.open()
      await page.goto(`${gatedUrl}/auth/error?error=database_unavailable&next=/sessions`)
      await page.getByRole("main").getByRole("link", { name: "Try again" }).click()
      await expect(page).toHaveURL(`${gatedUrl}/sessions`)
      await expect(page.getByText("This browser")).toBeVisible()
    })

    test("signing out while the database is down says that it failed, and works once the database is back", async ({
      page,
      bitbucket,
      gate,
      gatedApp,
      gatedUrl,
      expectedConsoleErrors,
    }) => {
      expectedConsoleErrors.push(/status of 50\d/, /Failed to load resource/)
      expect(gatedApp.process.exitCode).toBe(null)
      await page.goto(`${gatedUrl}/oauth/bitbucket/authorize?next=/profile`)
      await bitbucket.signInAndAllow("demo")
      await expect(page).toHaveURL(`${gatedUrl}/profile`)
      await gate.shut()
      await page.getByRole("button", { name: "Sign out" }).click()
      await expect(unavailableAlert(page)).toContainText("Nothing was changed")
      await gate.open()
      await page.goto(`${gatedUrl}/profile`)
      await page.getByRole("button", { name: "Sign out" }).click()
      await expect(page).toHaveURL(`${gatedUrl}/`)
      expect((await page.request.get(`${gatedUrl}/profile`, { maxRedirects: 0 })).status()).toBe(307)
    })

    test("a sign-in while the database is down creates no session, and says whose fault it is", async ({
      page,
      bitbucket,
      gate,
      gatedApp,
      gatedUrl,
      expectedConsoleErrors,
    }) => {
      expectedConsoleErrors.push(/status of 503/, /Failed to load resource/)
      expect(gatedApp.process.exitCode).toBe(null)
      await page.goto(`${gatedUrl}/oauth/bitbucket/authorize?next=/integrations/bitbucket`)
      await gate.shut()
      await bitbucket.signInAndAllow("demo")
      await expect(page).toHaveURL(
        `${gatedUrl}/auth/error?error=database_unavailable&next=%2Fintegrations%2Fbitbucket`,
      )
      await gate.open()
      await page.getByRole("main").getByRole("link", { name: "Try again" }).click()
      await expect(page).toHaveURL(/\/(oauth\/|integrations|account|site)/)
    })
  })
