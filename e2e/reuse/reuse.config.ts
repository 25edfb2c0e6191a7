import { defineConfig } from "@playwright/test"
import base from "../../playwright.config"

const { projects: _, ...shared } = base

/** `npm test -- reuse`: a new Next.js app that takes over what docs/use-in-your-app.md says. */
export default defineConfig({
  ...shared,
  testDir: ".",
  outputDir: "../../test-results",
  globalSetup: "./global-setup.ts",
  testMatch: "sign-in-elsewhere.journey.ts",
  workers: 1,
})
