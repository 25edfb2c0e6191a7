import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { hasLegacySignIn, rows } from "../e2e/security/rows"
import { ensureBrowser } from "./browser"
import { run } from "./run"
import { pageFile, type RowResults, resultOf, rowIdOf, securityPage, summaryOf } from "./security-page"

/** `npm test -- security`: the rows of `e2e/security`; with `--write`, also their page in docs. */
await ensureBrowser()
const folder = await mkdtemp(path.join(tmpdir(), "security-rows-"))
const report = path.join(folder, "playwright.json")
const { exitCode } = await run(
  [
    "npm",
    "run",
    "--silent",
    "test:e2e",
    "--",
    "e2e/security",
    ...(hasLegacySignIn ? ["e2e/oauth1"] : []),
    "--reporter=list,json",
  ],
  { env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report } },
)
const results = await readResults(report)
await rm(folder, { recursive: true, force: true })

if (process.argv.includes("--write")) await writeFile(pageFile, await securityPage(results))
console.log(summaryOf(results))
process.exit(exitCode)

type Suite = { specs: { title: string; ok: boolean }[]; suites?: Suite[] }

async function readResults(file: string): Promise<RowResults> {
  const { suites } = JSON.parse(await readFile(file, "utf8")) as { suites: Suite[] }
  const passed = new Map<string, boolean>()
  for (const { title, ok } of suites.flatMap(specsOf)) {
    const id = rowIdOf(title)
    if (id) passed.set(id, (passed.get(id) ?? true) && ok)
  }
  return new Map(rows.map((row) => [row.id, resultOf(row, passed.get(row.id))]))
}

function specsOf(suite: Suite): Suite["specs"] {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)]
}
