import { writeFile } from "node:fs/promises"
import path from "node:path"
import { expect, type Page } from "@playwright/test"
import type { Emulator } from "bitbucket-emulator"
import { Client } from "pg"
import { type ServerProcess, startServer, untilAnswers } from "../../scripts/server-process"
import { BitbucketPages } from "../pages/bitbucket-pages"
import { cookiesOf, refreshRequests } from "../person"
import { runIn } from "./guide"

/** Writes the environment that the guide names. The app's address is the first server's. */
export async function writeEnvironment(
  app: string,
  { url, databaseUrl, emulator }: { url: string; databaseUrl: string; emulator: Emulator },
): Promise<void> {
  const environment = {
    AUTH_URL: url,
    AUTH_SECRET: "a secret of the example, 32 characters or more",
    AUTH_BITBUCKET_ID: "emulatorClientKey1",
    AUTH_BITBUCKET_SECRET: "emulatorClientSecret123456789012",
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
    DATABASE_URL: databaseUrl,
  }
  const lines = Object.entries(environment).map(([name, value]) => `${name}="${value}"\n`)
  await writeFile(path.join(app, ".env.local"), lines.join(""))
}

export async function startBuilt(app: string, port: number): Promise<ServerProcess> {
  const server = startServer(
    `The app on ${port}`,
    ["node_modules/next/dist/bin/next", "start"],
    { NODE_ENV: "production", PORT: String(port) },
    { folder: app },
  )
  await untilAnswers(server, `http://localhost:${port}`)
  return server
}

export async function signInWithBitbucket(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/api/auth/signin`)
  await page.getByRole("button", { name: "Sign in with Bitbucket" }).click()
  await new BitbucketPages(page).signInAndAllow("demo")
  await expect(page).toHaveURL(`${url}/`)
  await expect(page.getByText("Bitbucket: Demo Person")).toBeVisible()
}

/** Lets two hours pass at Bitbucket and for the app, then loads the page twenty times on two servers. @returns what they asked Bitbucket */
export async function expectOneRefresh(
  page: Page,
  urls: [string, string],
  { emulator, databaseUrl }: { emulator: Emulator; databaseUrl: string },
): Promise<void> {
  expect(await refreshRequests(emulator)).toHaveLength(0)
  await emulator.control.expireTokens("demo")
  await withDatabase(databaseUrl, (client) =>
    client.query("update auth_bitbucket.connection set expires_at = now() - interval '1 second'"),
  )
  const cookie = await cookiesOf(page, urls[0])
  const loads = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const response = await fetch(urls[index % 2] ?? urls[0], { headers: { cookie } })
      return { status: response.status, isConnected: (await response.text()).includes("Demo Person") }
    }),
  )
  expect(loads).toEqual(Array(20).fill({ status: 200, isConnected: true }))
  expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }])
}

export async function withDatabase<Result>(
  databaseUrl: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client(databaseUrl)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const commit = "git -c user.name=user -c user.email=user@example.com commit -q -m"

/** Commits everything, so that a later diff shows only what comes next. */
export async function commitAll(app: string): Promise<void> {
  await runIn(app, `git add -A && ${commit} "As it was"`)
}

/** What `git status` and `git diff` show, except for what npm writes. */
export async function changesOf(app: string) {
  const written = ["package.json", "package-lock.json"]
  const lines = (output: string) => output.split("\n").filter((line) => line !== "")
  const edited = lines(await runIn(app, "git diff --numstat"))
    .map((line) => line.split("\t"))
    .filter(([, , file = ""]) => !written.includes(file))
  return {
    newFiles: lines(await runIn(app, "git ls-files --others --exclude-standard")),
    editedFiles: edited.map(([, , file]) => file),
    addedLines: edited.reduce((sum, [added]) => sum + Number(added), 0),
    removedLines: edited.reduce((sum, [, removed]) => sum + Number(removed), 0),
  }
}
