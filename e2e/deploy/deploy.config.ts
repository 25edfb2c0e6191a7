import { defineConfig } from "@playwright/test"
import base from "../../playwright.config"

const { projects: _, ...shared } = base

/** `npm test -- deploy`: two servers of the standalone build behind nginx, running the single-server tests. */
export default defineConfig<object, { isBehindNginx: boolean }>({
  ...shared,
  testDir: "..",
  // Each has two servers and nginx, and one keeps them under load for a minute.
  workers: 2,
  outputDir: "../../test-results",
  globalSetup: "./global-setup.ts",
  testMatch: [
    /e2e\/(account|allowed-workspaces|failures|keep-alive|pages|refresh|secrets|sign-in|sign-out|two-servers)\.spec\.ts$/,
    /rolling-restart\.load\.ts$/,
  ],
  // nginx refuses hostnames other than its own; e2e/proxies.spec.ts tests that.
  grepInvert: /at another hostname of this machine/,
  use: { ...base.use, isBehindNginx: true, ignoreHTTPSErrors: true },
})
