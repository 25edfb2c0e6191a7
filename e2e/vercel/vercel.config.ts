import { defineConfig } from "@playwright/test"
import base from "../../playwright.config"

const { projects: _, ...shared } = base

/** `npm run test:vercel`: checks the output of `vercel build` for this repository, and signs in to it. */
export default defineConfig({
  ...shared,
  testDir: ".",
  outputDir: "../../test-results",
  globalSetup: "./global-setup.ts",
  testMatch: "build-output.journey.ts",
  workers: 1,
})
