import { defineConfig } from "@playwright/test"
import base from "../../playwright.config"

const { projects: _, ...shared } = base

/** `npm test -- reuse`: a new Next.js app that follows docs/use-in-your-app.md. */
export default defineConfig({
  ...shared,
  testDir: ".",
  outputDir: "../../test-results",
  globalSetup: "./global-setup.ts",
  testMatch: "sign-in-elsewhere.journey.ts",
  workers: 1,
})
