import { defineConfig } from "@playwright/test"
import base from "../../playwright.config"

const { projects: _, ...shared } = base

/** `npm run test:vercel`: what `vercel build` makes of this repository, looked into and signed in to. */
export default defineConfig({
  ...shared,
  testDir: ".",
  outputDir: "../../test-results",
  globalSetup: "./global-setup.ts",
  testMatch: "build-output.journey.ts",
  workers: 1,
})
