import { defineConfig } from "@playwright/test"
import config from "../playwright.config"

/** `npm run screenshots`: the pictures of docs/screenshots, taken anew. */
export default defineConfig({
  ...config,
  projects: [{ name: "screenshots", testMatch: "screenshots.ts" }],
  testDir: ".",
  globalSetup: "./global-setup.ts",
  workers: 1,
})
