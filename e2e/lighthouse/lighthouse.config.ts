import { defineConfig } from "@playwright/test"
import base from "../../playwright.config"

const { projects: _, ...shared } = base

/** `npm run lighthouse`: all of Lighthouse's grades, with nothing beside it, since its times are this machine's. */
export default defineConfig({
  ...shared,
  testDir: "..",
  outputDir: "../../test-results",
  globalSetup: "../global-setup.ts",
  testMatch: ["lighthouse.spec.ts", "lighthouse/performance.grades.ts"],
  workers: 1,
})
