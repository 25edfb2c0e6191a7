import { defineConfig } from "vitest/config"

export default defineConfig({
  root: import.meta.dirname,
  test: {
    name: "emulator",
    include: ["**/*.test.ts"],
    exclude: ["dist/**", "node_modules/**"],
    setupFiles: ["./test/fail-on-console-error.ts"],
    // For a test that hangs, not for a slow machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // They wait for browsers and programs more than they compute, so two share even a small machine well.
    maxWorkers: 2,
  },
})
