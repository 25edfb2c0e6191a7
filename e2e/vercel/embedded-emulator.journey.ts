import { spawnSync } from "node:child_process"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { expect, type Page, test } from "@playwright/test"
import { freePort } from "../../scripts/server-process"
import { createDatabase } from "../app-server"
import { BitbucketPages } from "../pages/bitbucket-pages"
import { type BuildOutput, readBuildOutput } from "./build-output"
import { serveBuildOutput } from "./output-server"

/** What is in every build that has the emulator: its name, its forms and cookies, its seed. */
const marks = [
  "bitbucket-emulator",
  "csrfmiddlewaretoken",
  "bb_session",
  "emulatorClientKey1",
  "emulatorClientSecret",
  "Or continue as one of them",
]

const CONTROL_TOKEN = "Xk3v9QpLw8Zr2Tn6"
const notice = /demo: it signs in at an emulated Bitbucket/

test("the same commit built without EMBEDDED_EMULATOR has no byte of the emulator", async () => {
  const [ordinary, demo] = await Promise.all(
    [process.env.E2E_VERCEL_PROJECT, process.env.E2E_VERCEL_DEMO].map((project) =>
      readBuildOutput(project ?? ""),
    ),
  )
  expect(await marksIn(demo as BuildOutput)).toEqual(new Set(marks))
  expect(await marksIn(ordinary as BuildOutput)).toEqual(new Set())
})

async function marksIn(built: BuildOutput): Promise<Set<string>> {
  const folder = path.join(built.folder, "static")
  const files = built.functions.flatMap(({ files }) =>
    files.filter(({ isLink }) => !isLink).map(({ source, name }) => ({ source, name })),
  )
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) files.push({ source: path.join(entry.parentPath, entry.name), name: entry.name })
  const found = new Set<string>()
  for (const source of new Set(files.map(({ source }) => source))) {
    const text = `${await readFile(source, "utf8")} ${path.basename(source)}`
    for (const mark of marks) if (text.includes(mark)) found.add(mark)
  }
  return found
}

test("a preview with a database and nothing else signs in, renews and is reset, each function in two processes", async ({
  page,
}) => {
  const folder = await mkdtemp(path.join(tmpdir(), "functions-"))
  const port = await freePort()
  const appUrl = `http://localhost:${port}`
  const built = await readBuildOutput(process.env.E2E_VERCEL_DEMO ?? "")
  // AUTH_URL only because this machine has no https address of Vercel's; the token because the test steers.
  const environment = {
    VERCEL: "1",
    VERCEL_ENV: "preview",
    AUTH_URL: appUrl,
    DATABASE_URL: await createDatabase("vercel_demo"),
    EMULATOR_CONTROL_TOKEN: CONTROL_TOKEN,
  }
  const server = await serveBuildOutput(built, folder, port, environment, { processes: 2 })
  const control = (name: string, data = {}, token = CONTROL_TOKEN) =>
    page.request.post(`${appUrl}/bitbucket-emulator/site/_control/${name}`, {
      data,
      headers: { "X-Emulator-Control": token },
    })
  const refresh = () => page.request.post(`${appUrl}/api/token/refresh`, { headers: { origin: appUrl } })
  const expiry = async () => ((await (await refresh()).json()) as { expiresAt?: string }).expiresAt
  try {
    await page.goto(`${appUrl}/profile`)
    await signIn(page)
    await expect(page, server.output()).toHaveURL(`${appUrl}/profile`)
    await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
    for (const place of [
      "/",
      "/signin",
      "/privacy",
      "/disconnected",
      "/auth/error?error=access_denied",
      "/no-such-page",
      "/profile",
      "/integrations/bitbucket",
      "/workspaces",
      "/workspaces/northern-lights",
      "/sessions",
      "/activity",
    ]) {
      await page.goto(`${appUrl}${place}`)
      await expect(page.getByRole("note").filter({ hasText: notice }), place).toBeVisible()
    }

    expect((await control("tokens/expire", { username: "demo" }, "wrong")).status()).toBe(401)
    const expiresAt = await expiry()
    expect(await (await control("tokens/expire", { username: "demo" })).json()).toEqual({ expired: 1 })
    // Asks Bitbucket at each view, meets a token that has expired there, and gets another.
    await page.goto(`${appUrl}/integrations/bitbucket`)
    await expect(page, server.output()).toHaveURL(`${appUrl}/integrations/bitbucket`)
    await expect.poll(expiry).not.toBe(expiresAt)

    expect((await control("reset")).status()).toBe(200)
    await page.goto(`${appUrl}/integrations/bitbucket`)
    expect((await refresh()).status()).toBe(401)
    await page.goto(`${appUrl}/signin?next=/profile`)
    await signIn(page)
    await expect(page, server.output()).toHaveURL(`${appUrl}/profile`)
    await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
})

test("a build with the emulator refuses the credentials of a real Bitbucket, when it is built and when it starts", () => {
  const real = { AUTH_BITBUCKET_ID: "realKey123", AUTH_BITBUCKET_SECRET: "realSecret123" }
  for (const command of ["build", "start"]) {
    const { status, stdout, stderr } = spawnSync("node_modules/.bin/next", [command], {
      cwd: process.env.E2E_VERCEL_DEMO,
      encoding: "utf8",
      env: { PATH: process.env.PATH, NODE_ENV: "production", PORT: "0", EMBEDDED_EMULATOR: "1", ...real },
    })
    expect(status, command).not.toBe(0)
    for (const name of Object.keys(real))
      expect(stdout + stderr).toContain(
        `${name} must not be set in a build with EMBEDDED_EMULATOR=1, which signs in at its own emulator and nowhere else.`,
      )
    expect(stdout + stderr).not.toContain("realSecret123")
  }
})

async function signIn(page: Page): Promise<void> {
  await page
    .getByRole("main")
    .getByRole("link", { name: /bitbucket/i })
    .first()
    .click()
  await expect(page).toHaveURL(/\/bitbucket-emulator\/site\/account\/signin\b/)
  // Its pictures and its style pass the app's own Content-Security-Policy.
  const avatar = page.getByRole("main").locator("img").first()
  await expect.poll(() => avatar.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0)
  await expect(page.getByRole("banner")).not.toHaveCSS("background-color", "rgba(0, 0, 0, 0)")
  await new BitbucketPages(page).signInAndAllow("demo")
}
