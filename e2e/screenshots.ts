import { mkdir, writeFile } from "node:fs/promises"
import path from "node:path"
import { devices, type Page } from "@playwright/test"
import { makeHistory } from "../scripts/demo-history"
import { test } from "./fixtures"
import { BitbucketPages } from "./pages/bitbucket-pages"

/** What `npm run demo` signs in with. */
test.use({
  appSettings: {
    AUTH_BITBUCKET_ID: "emulatorReposKey12",
    AUTH_BITBUCKET_SECRET: "emulatorReposSecret1234567890123",
    BITBUCKET_SCOPES: "account email repository",
  },
})

const timezoneId = "Europe/Berlin"
const desktop = { viewport: { width: 1280, height: 800 }, timezoneId }
const phone = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  userAgent: devices["Pixel 7"].userAgent,
  timezoneId,
}

const looks = {
  "desktop-light": { ...desktop, colorScheme: "light" },
  "desktop-dark": { ...desktop, colorScheme: "dark" },
  "phone-light": { ...phone, colorScheme: "light" },
  "phone-dark": { ...phone, colorScheme: "dark" },
} as const

/** Those of which `docs/screenshots/before` has a picture too. */
const pages = {
  landing: ["desktop-light", "phone-dark"],
  profile: ["desktop-light", "desktop-dark", "phone-light", "phone-dark"],
  connection: ["desktop-dark", "phone-light"],
}

for (const [look, use] of Object.entries(looks))
  test.describe(look, () => {
    test.use(use)

    test(`the demo's first minute, ${look}`, async ({ page, appUrl, emulator, database }) => {
      await makeHistory({ appUrl, siteUrl: emulator.siteUrl, username: "demo", database })
      const bitbucket = new BitbucketPages(page)
      const steps: [name: string, go: () => Promise<unknown>, heading: string][] = [
        ["landing", () => page.goto("/"), "No new password. Stay in control."],
        ["bitbucket-sign-in", () => signInLink(page).click(), "Sign in to the emulated Bitbucket"],
        ["consent", () => bitbucket.signIn("demo"), "Sign in with Bitbucket asks for access"],
        ["profile", () => bitbucket.allow(), "Demo Person"],
        ["connection", () => place(page, "Connection").click(), "Bitbucket connection"],
        ["workspaces", () => place(page, "Workspaces").click(), "Your workspaces on Bitbucket"],
        ["picker", () => typeInPicker(page, "repo"), "Workspaces"],
        ["picked", () => pick(page, "hello", "Hello World"), "Hello World"],
        ["sessions", () => place(page, "Sessions").click(), "Where you are signed in"],
        ["activity", () => place(page, "Activity").click(), "Activity"],
      ]
      for (const [index, [name, go, heading]] of steps.entries()) {
        await go()
        await page.getByRole("heading", { name: heading }).first().waitFor()
        await page.waitForLoadState("networkidle")
        const isInMinute = look === "desktop-light" || look === "phone-dark"
        const number = String(index + 1).padStart(2, "0")
        if (isInMinute) await takePicture(page, `first-minute/${look}/${number}-${name}`)
        if (name in pages && pages[name as keyof typeof pages].includes(look))
          await takePicture(page, `${name}-${look}`)
      }
    })
  })

const signInLink = (page: Page) =>
  page.getByRole("main").getByRole("link", { name: "Sign in with Bitbucket", exact: true })

const place = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Your account" }).getByRole("link", { name })

async function typeInPicker(page: Page, words: string): Promise<void> {
  await page.getByRole("combobox").fill("")
  await page.getByRole("combobox").pressSequentially(words)
  await page.getByRole("status").filter({ hasText: "repositor" }).waitFor({ state: "attached" })
}

async function pick(page: Page, words: string, name: string): Promise<void> {
  await typeInPicker(page, words)
  await page.getByRole("option", { name }).click()
  await page.getByRole("region", { name }).waitFor()
}

/** WebP, which is half of a PNG and which Playwright itself does not write. */
async function takePicture(page: Page, name: string): Promise<void> {
  const file = path.join("docs/screenshots", `${name}.webp`)
  const devtools = await page.context().newCDPSession(page)
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 80 })
  await devtools.detach()
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, Buffer.from(data, "base64"))
}
