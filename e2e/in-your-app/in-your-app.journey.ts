import { cp, mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { expect, type Page, test } from "@playwright/test"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { freePort, type ServerProcess } from "../../scripts/server-process"
import { createEmptyDatabase } from "../app-server"
import { cookiesOf } from "../person"
import {
  changesOf,
  commitAll,
  expectOneRefresh,
  signInWithBitbucket,
  startBuilt,
  withDatabase,
  writeEnvironment,
} from "./app"
import { blocksBelow, follow, runIn, undoEdits } from "./guide"

const forAuthjs = blocksBelow("I have Auth.js")
const fromScratch = blocksBelow("I start from scratch")
const addition = {
  newFiles: ["bitbucket.ts"],
  editedFiles: ["app/page.tsx", "auth.ts"],
  addedLines: 5,
  removedLines: 0,
}

let folder: string
let ports: [number, number]
let urls: [string, string]
let emulator: Emulator
const servers: ServerProcess[] = []

test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "an-app-"))
  ports = [await freePort(), await freePort()]
  urls = [`http://localhost:${ports[0]}`, `http://localhost:${ports[1]}`]
  emulator = await startEmulator({ port: 0, callbackUrl: urls[0] })
})

test.afterEach(async () => {
  await stopServers()
  await emulator.close()
  await rm(folder, { recursive: true, force: true })
})

const startBoth = async (app: string) => {
  for (const port of ports) servers.push(await startBuilt(app, port))
}
const stopServers = async () => {
  for (const server of servers.splice(0)) await server.stop()
}

test("a new app signs people in and stays connected within five minutes, by the guide alone", async ({
  page,
}) => {
  const startedAt = performance.now()
  const app = path.join(folder, "my-app")
  const databaseUrl = await createEmptyDatabase("from_nothing")
  await follow(fromScratch, app, ["app/page.tsx"])
  await writeEnvironment(app, { url: urls[0], databaseUrl, emulator })
  await commitAll(app)

  await follow(forAuthjs, app)
  expect(await changesOf(app)).toEqual(addition)
  await runIn(app, "npx next build")
  await startBoth(app)
  await signInWithBitbucket(page, urls[0])
  await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
  await expectOneRefresh(page, urls, { emulator, databaseUrl })
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  process.stdout.write(`  From create-next-app to a refresh: ${seconds} s\n`)
  expect(seconds).toBeLessThan(300)
})

test("an existing app keeps its users and sessions while Bitbucket comes, refreshes once for two servers, and goes", async ({
  page,
}) => {
  const app = path.join(folder, "existing-authjs")
  const databaseUrl = await createEmptyDatabase("existing_authjs")
  const bare = await asItWas(app)
  await writeEnvironment(app, { url: urls[0], databaseUrl, emulator })
  await withDatabase(databaseUrl, async (client) => client.query(await readFile(`${app}/schema.sql`, "utf8")))
  await startBoth(app)
  await page.goto(`${urls[0]}/api/auth/signin`)
  await page.getByLabel("Email").fill("ada@example.com")
  await page.getByLabel("Password").fill("lovelace")
  await page.getByRole("button", { name: "Sign in with Credentials" }).click()
  await expect(page.getByRole("heading", { name: "Ada" })).toBeVisible()
  await expect(page.getByText("Bitbucket")).toBeHidden()
  const cookieFromBefore = await cookiesOf(page, urls[0])
  const before = await ownTables(databaseUrl)
  await stopServers()

  await follow(forAuthjs, app)
  expect(await changesOf(app)).toEqual(addition)
  for (const file of ["bitbucket.ts", "auth.ts", "app/page.tsx"])
    expect(withoutName(await readFile(path.join(app, file), "utf8"))).toBe(
      await readFile(path.join("examples/existing-authjs", file), "utf8"),
    )
  await runIn(app, "npx next build")
  await startBoth(app)
  await page.goto(urls[0])
  await expect(page.getByRole("heading", { name: "Ada" })).toBeVisible()
  await expect(page.getByText("Bitbucket: not connected")).toBeVisible()
  await signInWithBitbucket(page, urls[0])
  await expect(page.getByRole("heading", { name: "Ada" })).toBeVisible()
  await expectOneRefresh(page, urls, { emulator, databaseUrl })
  const linked = await ownTables(databaseUrl)
  expect({ ...linked, accounts: before.accounts }).toEqual(before)
  expect(linked.accounts).toMatchObject([
    { provider: "bitbucket", access_token: null, refresh_token: null, expires_at: null },
  ])
  await stopServers()

  await undoEdits(forAuthjs, app)
  await rm(path.join(app, "bitbucket.ts"))
  await runIn(app, "npm uninstall auth-bitbucket")
  await withDatabase(databaseUrl, async (client) => {
    await client.query("drop schema auth_bitbucket cascade")
    await client.query("delete from accounts where provider = 'bitbucket'")
  })
  expect(await runIn(app, "git status --porcelain")).toBe("")
  expect(await ownTables(databaseUrl)).toEqual(before)
  await runIn(app, "npx next build")
  await startBoth(app)
  for (const url of urls) expect(await loadWith(page, url, cookieFromBefore)).toEqual(bare)
})

/** The example without what the guide adds: built, committed. @returns what its page shows to Ada */
async function asItWas(app: string) {
  await cp("examples/existing-authjs", app, {
    recursive: true,
    filter: (source) => !["node_modules", ".next"].includes(path.basename(source)),
  })
  await undoEdits(forAuthjs, app)
  await rm(path.join(app, "bitbucket.ts"))
  await rm(path.join(app, "README.md"))
  await runIn(
    app,
    "npm pkg delete dependencies.auth-bitbucket devDependencies.bitbucket-emulator scripts.emulator",
  )
  await runIn(app, "npm pkg set description='An app that exists'")
  await runIn(app, "npm install --no-audit --no-fund && npx next build && git init -q")
  await commitAll(app)
  expect(await runIn(app, "git grep -il bitbucket || true")).toBe("")
  return { isAda: true, isAboutBitbucket: false }
}

async function loadWith(page: Page, url: string, cookie: string) {
  const text = await (await page.request.get(url, { headers: { cookie } })).text()
  return { isAda: text.includes("<h1>Ada</h1>"), isAboutBitbucket: text.includes("Bitbucket") }
}

/** All rows of the tables that the app had before. */
async function ownTables(databaseUrl: string) {
  return withDatabase(databaseUrl, async (client) => {
    const rowsOf = async (query: string) => (await client.query(query)).rows as Record<string, unknown>[]
    return {
      columns: await rowsOf(
        "select table_name, column_name, data_type from information_schema.columns where table_schema = 'public' order by 1, 2",
      ),
      users: await rowsOf("select * from users order by id"),
      accounts: await rowsOf("select * from accounts order by id"),
      sessions: await rowsOf("select * from sessions order by id"),
    }
  })
}

/** A block of the guide begins with the name of its file. */
function withoutName(text: string): string {
  return text.replace(/^\/\/ \S+\n/, "")
}
