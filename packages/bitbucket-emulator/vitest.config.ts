import { defineConfig } from "vitest/config"

const shared = {
  exclude: ["dist/**", "node_modules/**"],
  setupFiles: ["./test/fail-on-console-error.ts"],
  testTimeout: 60_000,
}

/** What is measured with a clock runs after everything else, and alone. */
const measured = ["test/performance.test.ts", "test/package.test.ts"]

export default defineConfig({
  root: import.meta.dirname,
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: "emulator",
          include: ["**/*.test.ts"],
          exclude: [...shared.exclude, ...measured],
          // They wait for browsers and programs more than they compute, so two share even a small machine well.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: "emulator, measured",
          include: measured,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
