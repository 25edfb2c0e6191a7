import { defineConfig } from "@playwright/test"
import base from "../../playwright.config"

const { projects: _, ...shared } = base

/** `npm run bench -- lighthouse`: Lighthouse's grades. Runs alone, since its times depend on this machine's load. */
export default defineConfig({
  ...shared,
  testDir: ".",
  outputDir: "../../test-results",
  globalSetup: "../../e2e/global-setup.ts",
  workers: 1,
})
