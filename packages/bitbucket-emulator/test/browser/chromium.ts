import { existsSync } from "node:fs"
import process from "node:process"
import { AxeBuilder } from "@axe-core/playwright"
import { type Browser, chromium, type Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, expect } from "vitest"

const installedBrowsers = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
]

/** BROWSER_PATH, otherwise Playwright's own Chromium, otherwise an installed one. */
function findExecutable(): string {
  // biome-ignore lint/style/noProcessEnv: the choice of browser belongs to the machine
  const candidates = [process.env.BROWSER_PATH ?? "", chromium.executablePath(), ...installedBrowsers]
  const found = candidates.find((file) => file !== "" && existsSync(file))
  if (found === undefined) throw new Error("These tests need Chromium or Chrome; BROWSER_PATH may name one.")
  return found
}

/** No sandbox, because root in a container has none; the other options keep it off the network. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

/**
 * One browser for the tests of a file. Each page has its own cookies, and fails its test for any complaint of
 * the browser in the console.
 */
export function withChromium(): { newPage: (options?: { javaScriptEnabled?: boolean }) => Promise<Page> } {
  let browser: Browser | undefined
  const complaints: string[] = []
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findExecutable(), args: ARGUMENTS })
  }, 30_000)
  afterEach(async () => {
    await Promise.all((browser?.contexts() ?? []).map((context) => context.close()))
    expect(complaints.splice(0)).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
  })
  return {
    newPage: async (options = {}) => {
      if (browser === undefined) throw new Error("The browser has not been started yet.")
      const context = await browser.newContext({
        permissions: ["clipboard-read", "clipboard-write"],
        ...options,
      })
      const page = await context.newPage()
      page.setDefaultTimeout(5000)
      page.on("pageerror", (error) => complaints.push(error.message))
      page.on("console", (message) => {
        // A text file has no head to say that there is no icon.
        const isAboutIcon = message.location().url.endsWith("/favicon.ico")
        if (message.type() === "error" && !isAboutIcon) complaints.push(message.text())
      })
      return page
    },
  }
}

/** axe's serious and critical findings in light mode, and its colour findings in dark mode, where nothing else differs. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme })
    // Without the extra page that it opens for frames: there are none.
    const axe = new AxeBuilder({ page }).setLegacyMode()
    if (colorScheme === "dark") axe.withRules(["color-contrast"])
    const { violations } = await axe.analyze()
    for (const { id, impact, nodes } of violations) {
      if (impact !== "serious" && impact !== "critical") continue
      found.push(`${colorScheme}: ${id} at ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)
    }
  }
  return found
}
