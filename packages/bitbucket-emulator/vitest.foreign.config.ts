import { defineConfig } from "vitest/config"

/** `npm test -- foreign`: other people's programs, which the run itself installs. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ["foreign/**/*.foreign.ts"],
    globalSetup: ["./foreign/install.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
})
