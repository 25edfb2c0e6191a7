import { defineConfig } from "@playwright/test"
import config from "../playwright.config"

/** `npm run test:e2e -- --config e2e/screenshots.config.ts`: takes the screenshots of docs/screenshots again. */
export default defineConfig({
  ...config,
  projects: [{ name: "screenshots", testMatch: "screenshots.ts" }],
  testDir: ".",
  globalSetup: "./global-setup.ts",
  workers: 1,
})
