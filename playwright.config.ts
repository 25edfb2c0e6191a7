import { defineConfig, devices } from "@playwright/test"
import { findBrowser, headlessArguments } from "./scripts/browser"

const executablePath = findBrowser()

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  globalSetup: "./e2e/global-setup.ts",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  projects: [
    { name: "journeys", testMatch: "**/*.spec.ts" },
    // Graded when nothing else runs: its times are this machine's.
    { name: "lighthouse", testMatch: "lighthouse.grades.ts", dependencies: ["journeys"], workers: 1 },
  ],
  use: {
    ...devices["Desktop Chrome"],
    launchOptions: { args: headlessArguments, ...(executablePath && { executablePath }) },
    trace: "retain-on-failure",
  },
})
