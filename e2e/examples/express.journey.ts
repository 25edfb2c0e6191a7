import { expect, type Page, test } from "@playwright/test"
import { startEmulator } from "bitbucket-emulator"
import { freePort, startServer, untilAnswers } from "../../scripts/server-process"
import { createEmptyDatabase } from "../app-server"
import { BitbucketPages } from "../pages/bitbucket-pages"
import { refreshRequests } from "../person"
import { expireTokens, installExample, reposClient } from "./example"

test("on Express a person signs in, and stays signed in when their tokens expire or the server restarts", async ({
  page,
}) => {
  const folder = await installExample("express")
  const port = await freePort()
  const url = `http://localhost:${port}`
  const emulator = await startEmulator({ port: 0, callbackUrl: url })
  const databaseUrl = await createEmptyDatabase("example_express")
  const environment = {
    NODE_ENV: "production",
    PORT: String(port),
    AUTH_SECRET: "a secret of the example, 32 characters or more",
    AUTH_TRUST_HOST: "true",
    AUTH_BITBUCKET_ID: reposClient.id,
    AUTH_BITBUCKET_SECRET: reposClient.secret,
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
    DATABASE_URL: databaseUrl,
  }
  const start = () => startServer("The Express example", ["server.js"], environment, { folder })
  let app = start()
  try {
    await untilAnswers(app, `${url}/auth/session`)
    await page.goto(url)
    await page.getByRole("button", { name: "Sign in with Bitbucket" }).click()
    await new BitbucketPages(page).signInAndAllow("demo")
    await expect(page).toHaveURL(`${url}/`)
    const before = await shownOn(page)
    expect(before).toEqual({
      name: "Demo Person",
      repositories: expect.arrayContaining(["demo/hello-world"]),
    })
    expect(before.repositories.length).toBeGreaterThan(100)

    // Bitbucket refuses the token before this app knows that it has expired.
    await emulator.control.expireTokens("demo")
    await page.reload()
    expect(await shownOn(page)).toEqual(before)
    expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }])

    await app.stop()
    app = start()
    await untilAnswers(app, `${url}/auth/session`)
    await expireTokens(emulator, "demo", databaseUrl)
    const tabs = await Promise.all(Array.from({ length: 5 }, () => page.request.get(url)))
    expect(tabs.map((answer) => answer.status())).toEqual([200, 200, 200, 200, 200])
    expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }, { status: 200 }])

    await emulator.control.revokeGrants("demo")
    await expireTokens(emulator, "demo", databaseUrl)
    await page.goto(url)
    await expect(page).toHaveURL(`${url}/auth/signin`)
  } finally {
    await app.stop()
    await emulator.close()
  }
})

async function shownOn(page: Page): Promise<{ name: string; repositories: string[] }> {
  return JSON.parse((await page.locator("body").textContent()) ?? "")
}
