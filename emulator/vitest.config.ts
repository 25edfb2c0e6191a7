import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    name: "emulator",
    include: ["**/*.test.ts"],
    exclude: ["dist/**", "node_modules/**"],
    setupFiles: ["./test/fail-on-console-error.ts"],
    testTimeout: 10_000,
  },
})
