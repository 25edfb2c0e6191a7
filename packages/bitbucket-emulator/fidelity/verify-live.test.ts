import { execFile } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterEach, expect, test } from "vitest"
import type { Config } from "../config.ts"
import { startEmulator } from "../index.ts"
import { emulatedTarget } from "./emulated-target.ts"
import { ledger } from "./ledger.ts"
import type { Target } from "./target.ts"
import { type LiveResults, verifyLive } from "./verify-live.ts"

const program = fileURLToPath(new URL("../scripts/verify-live.ts", import.meta.url))
const tsx = createRequire(import.meta.url).resolve("tsx")
const run = promisify(execFile)
const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

/** An emulator that plays real Bitbucket. */
async function pretendLive(config: Partial<Config> = {}): Promise<Target> {
  const { target, close } = await emulatedTarget(() => startEmulator({ port: 0, config }))
  closing.push(close)
  return target
}

function differing({ comparisons }: LiveResults): string[] {
  return comparisons.filter(({ verdict }) => verdict === "differs").flatMap(({ rows }) => [...rows])
}

test("a Bitbucket that behaves like the emulator agrees in everything", async () => {
  const { comparisons } = await verifyLive(await pretendLive(), "2026-11-20")
  expect(comparisons.map(({ verdict }) => verdict)).toEqual(comparisons.map(() => "agrees"))
  expect(comparisons.length).toBeGreaterThan(20)
})

test("the comparison finds each differing row of an older Bitbucket", async () => {
  const results = await verifyLive(await pretendLive({ contract: "2017" }), "2026-11-20")
  expect(differing(results)).toEqual(expect.arrayContaining(["BB-C1", "BB-C2", "BB-C4", "BB-C5", "BB-E6"]))
  expect(differing(results)).not.toContain("BB-E1")
})

test("without a grant or a clock, the run skips what needs them and still makes the other observations", async () => {
  const target = { ...(await pretendLive()), refreshToken: null, code: null, pass: null }
  const { comparisons } = await verifyLive(target, "2026-11-20")
  expect(comparisons.filter(({ verdict }) => verdict === "agrees").length).toBeGreaterThan(10)
  expect(comparisons.filter(({ verdict }) => verdict === "differs")).toEqual([])
  expect(comparisons.find(({ name }) => name === "/2.0/user")?.verdict).toBe("skipped")
})

test("the results record that a Bitbucket does not answer", async () => {
  const silent = { ...(await pretendLive()), siteUrl: "http://127.0.0.1:9", apiUrl: "http://127.0.0.1:9" }
  const { comparisons } = await verifyLive(silent, "2026-11-20")
  expect(comparisons.every(({ verdict }) => verdict === "skipped")).toBe(true)
})

test("every observation concerns rows of the ledger", async () => {
  const ids = new Set(ledger.map(({ id }) => id))
  const { comparisons } = await verifyLive(await pretendLive(), "2026-11-20")
  for (const { rows } of comparisons) for (const id of rows) expect(ids).toContain(id)
})

test("the results contain neither credentials nor personal data", async () => {
  const target = await pretendLive()
  const text = JSON.stringify(await verifyLive(target, "2026-11-20"))
  const secrets = [target.clientId, target.clientSecret, target.refreshToken, target.code]
  for (const secret of [...secrets, "demo@example.com", "Demo Person", "Reykjav"]) {
    expect(text.includes(String(secret))).toBe(false)
  }
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|[A-Za-z0-9_-]{60,}/)
})

test("without credentials the program says so in one line and exits successfully", async () => {
  const { stdout, stderr } = await run(process.execPath, ["--import", tsx, program], {
    env: { PATH: process.env.PATH },
  })
  expect(stdout.trim().split("\n")).toEqual([expect.stringMatching(/^Skipped: /)])
  expect(stderr).toBe("")
})

test("with credentials the program writes dated results and prints a line per observation", async () => {
  const { siteUrl, apiUrl, clientId, clientSecret, refreshToken } = await pretendLive()
  const folder = mkdtempSync(`${tmpdir()}/live-results-`)
  const { stdout } = await run(process.execPath, ["--import", tsx, program], {
    env: {
      PATH: process.env.PATH,
      BITBUCKET_LIVE_SITE_URL: siteUrl,
      BITBUCKET_LIVE_API_URL: apiUrl,
      BITBUCKET_LIVE_CLIENT_ID: clientId,
      BITBUCKET_LIVE_CLIENT_SECRET: clientSecret,
      BITBUCKET_LIVE_REFRESH_TOKEN: refreshToken ?? "",
      BITBUCKET_LIVE_RESULTS: folder,
    },
  })
  const [file = ""] = readdirSync(folder)
  expect(file).toMatch(/^\d{4}-\d\d-\d\d\.json$/)
  const results = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as LiveResults
  rmSync(folder, { recursive: true })
  expect(stdout.match(/^(agrees|skipped) /gm)).toHaveLength(results.comparisons.length)
  expect(stdout).not.toContain(refreshToken)
})
