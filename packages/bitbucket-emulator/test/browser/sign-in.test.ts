import type { Page } from "playwright-core"
import { expect, test } from "vitest"
import { obtainRequestToken, readCredentials, sendSigned } from "../oauth1-client.ts"
import { withRelyingParty } from "../relying-party.ts"
import { withEmulator } from "../with-emulator.ts"
import { seriousViolations, withChromium } from "./chromium.ts"

const application = withRelyingParty({
  get current() {
    return emulator.current
  },
})
const emulator = withEmulator(() => ({ callbackUrl: application.url }))
const chromium = withChromium()

/** From the application to Bitbucket's sign-in page. */
async function start(page: Page): Promise<void> {
  await page.goto(`${application.url}/oauth/bitbucket/authorize`)
}

async function signIn(page: Page, username = "demo", password = username): Promise<void> {
  await page.getByLabel("Username or email").fill(username)
  await page.getByLabel("Password", { exact: true }).fill(password)
  await page.getByRole("button", { name: "Sign in", exact: true }).click()
}

async function expectToArrive(page: Page, address: string): Promise<void> {
  await expect(page.waitForURL(address)).resolves.toBeUndefined()
}

test("a person signs in, allows, and returns to the application", async () => {
  const page = await chromium.newPage()
  await start(page)
  await signIn(page)
  await page.getByRole("button", { name: "Allow" }).click()
  await expectToArrive(page, `${application.url}/integrations/bitbucket`)
})

test("the first field of the sign-in page has the focus", async () => {
  const page = await chromium.newPage()
  await start(page)
  // The browser may set the focus after the page's load event.
  await page.locator(":focus").waitFor()
  await page.keyboard.type("demo")
  expect(await page.getByLabel("Username or email").inputValue()).toBe("demo")
})

test("the buttons of the seeded people sign in without typing", async () => {
  const page = await chromium.newPage()
  await start(page)
  await page.getByRole("button", { name: /Continue as Zoë/ }).click()
  await page.getByText("You are Zoë Ångström-Жукова").waitFor()
  await page.getByRole("button", { name: "Allow" }).click()
  await expectToArrive(page, `${application.url}/integrations/bitbucket`)
})

test("a wrong password says so, keeps the name, and the right one still works", async () => {
  const page = await chromium.newPage()
  await start(page)
  await signIn(page, "demo", "wrong")
  await page.getByRole("alert").getByText("do not match").waitFor()
  expect(await page.getByLabel("Username or email").inputValue()).toBe("demo")
  await page.getByLabel("Password", { exact: true }).fill("demo")
  await page.getByRole("button", { name: "Sign in", exact: true }).click()
  await page.getByRole("heading", { name: "asks for access" }).waitFor()
})

test("a denial returns to the application with the reason, and the next sign-in asks again (BB-A14)", async () => {
  const page = await chromium.newPage()
  await start(page)
  await signIn(page)
  await page.getByRole("button", { name: "Cancel" }).click()
  await expectToArrive(page, `${application.callbackUrl}?error=access_denied**`)
  await start(page)
  await page.getByRole("button", { name: "Allow" }).waitFor()
})

test("an approval is remembered until the person revokes it in the settings (BB-A15)", async () => {
  const page = await chromium.newPage()
  await start(page)
  await signIn(page)
  await page.getByRole("button", { name: "Allow" }).click()
  await expectToArrive(page, `${application.url}/integrations/bitbucket`)
  await start(page)
  await expectToArrive(page, `${application.url}/integrations/bitbucket`)

  await page.goto(`${emulator.current.siteUrl}/account/settings/app-authorizations/`)
  await page.getByRole("button", { name: "Revoke: Demo App" }).click()
  await page.getByText("No application has asked for access yet.").waitFor()
  await start(page)
  await page.getByRole("button", { name: "Allow" }).waitFor()
})

test("a denial is remembered if the switch is on (BB-A15)", async () => {
  await emulator.current.control.changeConfig({ remember_deny: true })
  const page = await chromium.newPage()
  await start(page)
  await signIn(page)
  await page.getByRole("button", { name: "Cancel" }).click()
  await expectToArrive(page, `${application.callbackUrl}?error=access_denied**`)
  await start(page)
  await expectToArrive(page, `${application.callbackUrl}?error=access_denied**`)
})

test("a program without a callback takes the code from the PIN page (BB-O7)", async () => {
  const { control, siteUrl, apiUrl } = emulator.current
  await control.changeConfig({ oauth1: "on" })
  const requestToken = await obtainRequestToken(emulator.current, "oob")
  const page = await chromium.newPage()
  await page.goto(`${siteUrl}/api/1.0/oauth/authenticate?oauth_token=${requestToken.token}`)
  await signIn(page)
  await page.getByRole("button", { name: "Allow" }).click()
  await page.getByRole("heading", { name: "Finish in Demo App" }).waitFor()
  expect(await seriousViolations(page)).toEqual([])
  const oauth_verifier = (await page.locator("#verifier").textContent()) ?? ""
  const address = `${siteUrl}/api/1.0/oauth/access_token`
  const parameters = { oauth_verifier }
  const credentials = await readCredentials(
    await sendSigned(address, { credentials: requestToken, parameters }),
  )
  const answer = await sendSigned(`${apiUrl}/2.0/user`, { method: "GET", credentials })
  expect(await answer.json()).toMatchObject({ username: "demo" })
})

test("everything works without JavaScript", async () => {
  const page = await chromium.newPage({ javaScriptEnabled: false })
  await start(page)
  await signIn(page)
  await page.getByRole("button", { name: "Allow" }).click()
  await expectToArrive(page, `${application.url}/integrations/bitbucket`)
  await page.goto(`${emulator.current.siteUrl}/_control/`)
  expect(await page.getByRole("heading", { level: 2 }).count()).toBeGreaterThan(5)
})
