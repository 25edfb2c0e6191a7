import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { obtainTokens } from "../oauth-client.ts"
import { withEmulator } from "../with-emulator.ts"
import { withChromium } from "./chromium.ts"

const emulator = withEmulator()
const chromium = withChromium()

async function openLivePage() {
  const page = await chromium.newPage()
  await page.goto(`${emulator.current.siteUrl}/_control/`)
  return page
}

test("the live page follows a sign-in without a reload, and keeps opened details open", async () => {
  const page = await openLivePage()
  await page.getByText("No one has signed in yet").waitFor()
  await obtainTokens(emulator.current)
  await page.getByText("4 hops since").waitFor()
  await page.getByText("Headers").first().click()
  await fetch(`${emulator.current.apiUrl}/2.0/user`)
  await page.getByText("5 hops since").waitFor()
  expect(await page.locator("details").first().getAttribute("open")).not.toBeNull()
})

test("a button copies the trace as Markdown", async () => {
  const page = await openLivePage()
  await obtainTokens(emulator.current)
  await page.getByRole("button", { name: "Copy as Markdown" }).click()
  await page.getByText("Copied.").waitFor()
  expect(await page.evaluate("navigator.clipboard.readText()")).toContain("# OAuth trace: 4 hops")
})

test("a button downloads the trace as HAR", async () => {
  const page = await openLivePage()
  await obtainTokens(emulator.current)
  const downloading = page.waitForEvent("download")
  await page.getByRole("link", { name: "Download HAR" }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe("bitbucket-sign-in.har")
  const har = JSON.parse(await readFile(await download.path(), "utf8"))
  expect(har.log.entries).toHaveLength(4)
})

test("without JavaScript the Markdown opens as text", async () => {
  const page = await openLivePage()
  await obtainTokens(emulator.current)
  await page.getByRole("link", { name: "Markdown", exact: true }).click()
  expect(await page.locator("body").textContent()).toContain("# OAuth trace")
})
