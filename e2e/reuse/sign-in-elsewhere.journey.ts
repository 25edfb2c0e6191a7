import { expect, test } from "@playwright/test"
import { startEmulator } from "bitbucket-emulator"
import { freePort, startServer, untilAnswers } from "../../scripts/server-process"
import { appEnvironment, createDatabase } from "../app-server"
import { BitbucketPages } from "../pages/bitbucket-pages"
import { refreshRequests } from "../person"

test("in another app that uses these parts, a person signs in, and their access is refreshed once", async ({
  page,
}) => {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const emulator = await startEmulator({ port: 0, callbackUrl: url })
  const environment = appEnvironment({ port, databaseUrl: await createDatabase("reuse"), emulator })
  const folder = process.env.E2E_REUSE_FOLDER ?? ""
  const app = startServer("The other app", ["node_modules/next/dist/bin/next", "start"], environment, {
    folder,
  })
  try {
    await untilAnswers(app, url)
    await page.goto(`${url}/me`)
    await expect(page).toHaveURL(`${url}/signin?next=%2Fme`)
    await page.getByRole("link", { name: "Sign in with Bitbucket" }).click()
    await new BitbucketPages(page).signInAndAllow("demo")
    await expect(page).toHaveURL(`${url}/me`)
    await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()

    await emulator.control.expireTokens("demo")
    await page.reload()
    await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
    expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }])

    await page.goto(`${url}/api/auth/callback/bitbucket?code=stolen&state=forged`)
    const cookies = await page.context().cookies(url)
    for (const { name, value } of cookies) expect(value.length, name).toBeLessThan(1_000)
  } finally {
    await app.stop()
    await emulator.close()
  }
})
