import { defineConfig } from "vitest/config"

/** `npm test -- foreign`: programs that other people made, installed by the run itself. */
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
