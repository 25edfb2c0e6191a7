import { defineConfig } from "@playwright/test"
import base from "../../playwright.config"

const { projects: _, ...shared } = base

/** `npm test -- examples-existing`: docs/use-in-your-app.md, followed block by block in a new app and in one that existed. */
export default defineConfig({
  ...shared,
  testDir: ".",
  outputDir: "../../test-results",
  globalSetup: "./global-setup.ts",
  testMatch: "*.journey.ts",
  workers: 1,
  // Three builds of an app, and the installation of its packages.
  timeout: 20 * 60_000,
})
