import { readdir, readFile } from "node:fs/promises"
import path from "node:path"
import { groups, hasLegacySignIn, rows, type SecurityRow } from "../e2e/security/rows"
import { markdownTable } from "./markdown-table"

export type RowResult = "pass" | "fail" | "not testable here" | "no test"

const suite = path.resolve(import.meta.dirname, "../e2e/security")

/** The legacy sign-in keeps its rows with its other tests, of which not all are rows. */
const suites = hasLegacySignIn ? [suite, path.resolve(import.meta.dirname, "../e2e/oauth1")] : [suite]

/** Where the page is kept. */
export const pageFile = path.resolve(import.meta.dirname, "../docs/security.md")

/** The row that a test shows, by its title: `A6b a saved copy …` shows A6. */
export function rowIdOf(title: string): string | undefined {
  return /^([A-N]\d+)[a-z]? /.exec(title)?.[1]
}

/**
 * How many tests of the suite cover each row, read from the sources: a title begins with the row's id. A title whose id is
 * computed when the test runs is not counted.
 */
export async function countTests(): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const folder of suites)
    for (const source of await sourcesIn(folder))
      for (const [, title = ""] of source.matchAll(/^ *test\(\s*["'`](?!\$\{)([^"'`\n]+)/gm)) {
        const id = rowIdOf(title) ?? (folder === suite ? title : null)
        if (id !== null) counts.set(id, (counts.get(id) ?? 0) + 1)
      }
  return counts
}

async function sourcesIn(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".spec.ts"))
  return Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")))
}

/** @param passed whether all tests of a row passed; absent if none ran */
export function resultOf(row: SecurityRow, passed: boolean | undefined): RowResult {
  if (passed !== undefined) return passed ? "pass" : "fail"
  if (row.notTestable) return "not testable here"
  return "no test"
}

export type RowResults = ReadonlyMap<string, RowResult>

export function summaryOf(results: RowResults): string {
  const count = (wanted: RowResult) => [...results.values()].filter((result) => result === wanted).length
  const parts = [
    `${count("pass")} pass`,
    `${count("fail")} fail`,
    `${count("not testable here")} not testable here`,
  ]
  if (count("no test")) parts.push(`${count("no test")} without a test`)
  const priorities = [0, 1, 2].map((priority) => {
    const ids = rows.filter((row) => row.priority === priority).map(({ id }) => id)
    return `P${priority} ${ids.filter((id) => results.get(id) === "pass").length} of ${ids.length}`
  })
  return `security rows: ${parts.join(", ")} (${priorities.join(", ")})`
}

/** The suite's page: the handwritten part, with the rows and their results inserted. */
export async function securityPage(results: RowResults): Promise<string> {
  const counts = await countTests()
  const template = await readFile(path.join(suite, "page.md"), "utf8")
  const tables = Object.entries(groups).map(([letter, title]) => {
    const lines = rows
      .filter(({ id }) => id.startsWith(letter))
      .map((row) => [row.id, `P${row.priority}`, row.line, inWords(row, results, counts)])
    return `## ${letter}. ${title}\n\n${markdownTable(["Row", "", "Promise", "Result"], lines)}`
  })
  return template.replace("{{rows}}", () => `${summaryOf(results)}\n\n${tables.join("\n\n")}`)
}

function inWords(row: SecurityRow, results: RowResults, counts: ReadonlyMap<string, number>): string {
  const result = results.get(row.id) ?? "no test"
  if (row.notTestable) return `${result}: ${row.notTestable}`
  const tests = counts.get(row.id) ?? 0
  return `${result} (${tests} ${tests === 1 ? "test" : "tests"})`
}
