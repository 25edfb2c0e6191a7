import { defineConfig } from "vitest/config"

export default defineConfig({
  root: import.meta.dirname,
  test: {
    name: "emulator",
    include: ["**/*.test.ts"],
    exclude: ["dist/**", "**/node_modules/**"],
    setupFiles: ["./test/fail-on-console-error.ts"],
    // A test without an assertion fails. The limits are for a test that hangs, not for a slow machine.
    expect: { requireAssertions: true, poll: { timeout: 60_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The tests wait for browsers and programs more than they compute, so two workers fit even a small machine.
    maxWorkers: 2,
  },
})
