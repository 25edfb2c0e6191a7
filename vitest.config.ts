import { availableParallelism } from "node:os"
import path from "node:path"
import { defineConfig } from "vitest/config"

const root = import.meta.dirname

export default defineConfig({
  resolve: {
    alias: {
      "@": root,
      "auth-bitbucket": path.join(root, "packages/auth-bitbucket/src"),
      "server-only": path.join(root, "test/server-only.ts"),
    },
    conditions: ["bitbucket-emulator-source"],
  },
  ssr: { resolve: { conditions: ["bitbucket-emulator-source"] } },
  test: {
    include: [
      "lib/**/*.test.ts",
      "packages/auth-bitbucket/**/*.test.ts",
      "app/**/*.test.ts",
      "components/**/*.test.ts",
      "test/**/*.test.ts",
      "scripts/**/*.test.ts",
    ],
    globalSetup: ["test/postgres-server.ts"],
    setupFiles: ["test/unexpected-errors.ts"],
    // They wait for Postgres and for programs more than they compute, so two share even a small machine well.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    server: { deps: { inline: ["next-auth"] } },
    // A test that compares nothing fails. The limits are for one that hangs, not for a slow machine.
    expect: { requireAssertions: true, poll: { timeout: 60_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
