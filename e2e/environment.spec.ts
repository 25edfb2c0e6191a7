import { expect, test } from "@playwright/test"
import { freePort, startServer } from "../scripts/server-process"

const usable = {
  NODE_ENV: "production",
  AUTH_URL: "http://localhost:3000",
  AUTH_SECRET: "hunter2-9f1c7Q0vXa3mZ8kLr5dWt2bYs6",
  AUTH_BITBUCKET_ID: "hunter2-key",
  AUTH_BITBUCKET_SECRET: "hunter2-secret",
  DATABASE_URL: "postgres://app:hunter2@127.0.0.1:1/app",
}

for (const [what, faults] of [
  ["missing", { AUTH_SECRET: "", AUTH_BITBUCKET_ID: "", AUTH_BITBUCKET_SECRET: "", DATABASE_URL: "" }],
  [
    "wrong",
    {
      AUTH_SECRET: "hunter2",
      AUTH_URL: "http://hunter2.example",
      DATABASE_URL: "mysql://hunter2",
      BITBUCKET_SITE_URL: "http://hunter2.example",
    },
  ],
] as const)
  test(`the app refuses to start with variables ${what}, names each and prints no value`, async () => {
    const environment = { ...usable, ...faults, PORT: String(await freePort()) }
    const app = startServer("The app", ["node_modules/next/dist/bin/next", "start"], environment)
    const exitCode = await new Promise((resolve) => app.process.once("close", resolve))
    expect(exitCode).toBe(1)
    for (const name of Object.keys(faults)) expect(app.output()).toMatch(new RegExp(`- ${name} .+\\.`))
    expect(app.output()).not.toContain("hunter2")
  })
