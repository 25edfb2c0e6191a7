import { defineConfig } from "@playwright/test"
import base from "../../playwright.config"

const { projects: _, ...shared } = base

/**
 * `npm test -- vercel`: checks the output of `vercel build` for this repository, with and without the emulator built in, and
 * signs in to both.
 */
export default defineConfig({
  ...shared,
  testDir: ".",
  outputDir: "../../test-results",
  globalSetup: "./global-setup.ts",
  testMatch: "*.journey.ts",
  workers: 1,
})
