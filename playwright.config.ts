import { defineConfig, devices } from "@playwright/test"
import { findBrowser, headlessArguments } from "./scripts/browser"

const executablePath = findBrowser()

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  globalSetup: "./e2e/global-setup.ts",
  fullyParallel: true,
  // For two cores: half of the time a test waits for a timeout, a process or the other side.
  workers: 4,
  retries: 0,
  forbidOnly: true,
  // For a test that hangs, not for a slow machine.
  timeout: 480_000,
  expect: { timeout: 60_000 },
  reporter: "list",
  // The same for every operating system: the pictures have no fonts of the machine in them.
  snapshotPathTemplate: "{testDir}/styleguide/{arg}{ext}",
  projects: [{ name: "journeys", testMatch: "**/*.spec.ts" }],
  use: {
    ...devices["Desktop Chrome"],
    launchOptions: { args: headlessArguments, ...(executablePath && { executablePath }) },
    // A trace of every step would cost a fifth of the whole run's time; `--trace=retain-on-failure` records one.
    screenshot: "only-on-failure",
  },
})
