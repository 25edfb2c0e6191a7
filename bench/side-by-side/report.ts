import { readFile, writeFile } from "node:fs/promises"
import { z } from "zod"
import { markdownTable } from "../../scripts/markdown-table"
import type { Section, Target } from "./section"

const folder = new URL("../", import.meta.url)
const results = new URL("results/side-by-side.json", folder)
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

const answerSchema = z.object({
  title: z.string(),
  head: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  notes: z.array(z.string()),
  targets: z.array(
    z.object({ app: z.string(), what: z.string(), wanted: z.string(), got: z.string(), isMet: z.boolean() }),
  ),
  numbers: z.unknown(),
  /** In UTC, to the minute. */
  measuredAt: z.string(),
})

/** By the name of the question; each comparison is within one answer. */
const resultsSchema = z.object({ machine: z.string(), answers: z.record(z.string(), answerSchema) })

export type Answers = z.infer<typeof resultsSchema>["answers"]

/**
 * What was measured last, by whole runs and those of some questions.
 *
 * @throws Error where that was on another machine, or never
 */
export async function lastAnswers(machine: string): Promise<Answers> {
  const askAll = "ask all questions here once, without names."
  const text = await readFile(results, "utf8").catch(() => "null")
  const last = resultsSchema.safeParse(JSON.parse(text))
  if (!last.success) throw new Error(`There are no last answers to put these among: ${askAll}`)
  if (last.data.machine !== machine)
    throw new Error(`The last answers are of another machine (${last.data.machine}): ${askAll}`)
  return last.data.answers
}

/** Keeps answers to all questions: every number in `bench/results`, the tables in `bench/README.md`. */
export async function writeResults(answers: Answers, machine: string): Promise<void> {
  await writeFile(results, `${JSON.stringify({ machine, answers }, null, 1)}\n`)

  const sections = Object.values(answers)
  const summary = targetTable(sections.flatMap(({ targets }) => targets))
  const tables = sections.map((section) =>
    describeSection({
      ...section,
      targets: [],
      notes: [...section.notes, `Measured ${section.measuredAt}.`],
    }),
  )
  const block = [start, `${machine}.`, summary, ...tables, end].join("\n\n")
  const readme = new URL("README.md", folder)
  const [before, rest = ""] = (await readFile(readme, "utf8")).split(start)
  await writeFile(readme, `${before}${block}${rest.split(end)[1] ?? "\n"}`)
}
