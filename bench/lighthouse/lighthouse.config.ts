import { defineConfig } from "@playwright/test"
import base from "../../playwright.config"

const { projects: _, ...shared } = base

/** `npm run bench -- lighthouse`: Lighthouse's grades, with nothing beside it, since its times are this machine's. */
export default defineConfig({
  ...shared,
  testDir: ".",
  outputDir: "../../test-results",
  globalSetup: "../../e2e/global-setup.ts",
  workers: 1,
})
