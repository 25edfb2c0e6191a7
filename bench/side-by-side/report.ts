import { mkdir, readFile, writeFile } from "node:fs/promises"
import { markdownTable } from "../../scripts/markdown-table"
import { machineInWords } from "./cores"
import type { Section, Target } from "./section"

const folder = new URL("../", import.meta.url)
const [start, end] = ["<!-- side by side -->", "<!-- end of side by side -->"]

/** Markdown, and as readable on a terminal. */
export function describeSection({ title, head, rows, notes, targets }: Section): string {
  const parts = [`### ${title}`, markdownTable(head, rows), ...notes.map((note) => `_${note}_`)]
  if (targets.length > 0) parts.push(targetTable(targets))
  return parts.join("\n\n")
}

function targetTable(targets: readonly Target[]): string {
  const rows = targets.map(({ app, what, wanted, got, isMet }) => [
    app,
    what,
    wanted,
    got,
    isMet ? "PASS" : "MISS",
  ])
  return markdownTable(["App", "Target", "Wanted", "Measured", "Result"], rows)
}

/** Keeps a whole run: every number in `bench/results`, the tables in `bench/README.md`. */
export async function writeResults(
  sections: readonly Section[],
  { isPinned, minutes }: { isPinned: boolean; minutes: number },
): Promise<void> {
  const date = new Date().toISOString().slice(0, 10)
  const machine = machineInWords(isPinned)
  const results = { date, machine, minutes: Math.round(minutes), sections }
  await mkdir(new URL("results/", folder), { recursive: true })
  await writeFile(new URL(`results/${date}.json`, folder), `${JSON.stringify(results, null, 1)}\n`)

  const summary = targetTable(sections.flatMap(({ targets }) => targets))
  const tables = sections.map((section) => describeSection({ ...section, targets: [] }))
  const block = [start, `${date}. ${machine}. ${Math.round(minutes)} minutes.`, summary, ...tables, end].join(
    "\n\n",
  )
  const readme = new URL("README.md", folder)
  const [before, rest = ""] = (await readFile(readme, "utf8")).split(start)
  await writeFile(readme, `${before}${block}${rest.split(end)[1] ?? "\n"}`)
}
