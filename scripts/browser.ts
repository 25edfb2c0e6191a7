import { existsSync } from "node:fs"
import { chromium } from "@playwright/test"
import { run } from "./run"

/** The headless one first, which signs in twice as fast. Set BROWSER_PATH to use another. */
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

/** No sandbox, since it does not work as root in containers. The others keep it off the network. */
export const headlessArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

/** @returns the path of an installed browser; undefined if Playwright has its own, or there is none */
export function findBrowser(): string | undefined {
  if (process.env.BROWSER_PATH) return process.env.BROWSER_PATH
  if (existsSync(chromium.executablePath())) return undefined
  return installedBrowsers.find((file) => existsSync(file))
}

/**
 * Makes sure that there is a Chromium for the browser tests: uses Playwright's own or an installed one, or
 * installs one.
 *
 * @throws Error if there is none and none can be installed
 */
export async function ensureBrowser(): Promise<void> {
  const isInstalled = () => findBrowser() !== undefined || existsSync(chromium.executablePath())
  if (isInstalled()) return

  console.log("No browser found: Playwright installs its Chromium ...")
  const download = await run(["playwright", "install", "--with-deps", "chromium"], { isQuiet: true })
  if (download.exitCode === 0 && isInstalled()) return

  console.log("That did not work: installing the system's package ...")
  await run(["apt-get", "update", "-qq"], { isQuiet: true })
  for (const name of ["chromium-headless-shell", "chromium"]) {
    await run(["apt-get", "install", "-y", "-qq", name], { isQuiet: true })
    if (isInstalled()) return
  }
  throw new Error("The browser tests need Chromium or Chrome: install one, or set BROWSER_PATH to it.")
}
