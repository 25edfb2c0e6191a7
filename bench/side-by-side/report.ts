import { readFile, writeFile } from "node:fs/promises"
import { z } from "zod"
import { markdownTable } from "../../scripts/markdown-table"
import type { Row } from "./section"

const folder = new URL("../", import.meta.url)
const results = new URL("results/side-by-side.json", folder)
const readme = new URL("README.md", folder)
const [start, end] = ["<!-- side by side -->", "<!-- end of side by side -->"]

const rowSchema = z.object({
  what: z.string(),
  goal: z.string(),
  measured: z.string(),
  from: z.string(),
  isMet: z.boolean().nullable(),
})

const runSchema = z.object({
  /** In UTC, to the minute. */
  measuredAt: z.string(),
  machine: z.string(),
  /** Of the load average's three numbers the first, before the run: what else the machine had to do. */
  loadBefore: z.number(),
  minutes: z.number(),
  /** By the name of the question. */
  answers: z.record(z.string(), z.object({ rows: z.array(rowSchema), numbers: z.unknown() })),
})

/** A whole run. */
export type Run = z.infer<typeof runSchema>

/** Markdown, and as readable on a terminal. */
export function tableOf(rows: readonly Row[]): string {
  return markdownTable(
    ["Signed-in `/profile`", "Goal", "Measured", "", "From"],
    rows.map(({ what, goal, measured, from, isMet }) => [
      what,
      goal,
      measured,
      isMet === null ? "" : isMet ? "met" : "missed",
      from,
    ]),
  )
}

/** Keeps every number of a run in `bench/results`, in the place of the run before; the sessions that asked stay out. */
export async function keepRun(run: Run): Promise<void> {
  const withoutSessions = (key: string, value: unknown) => (key === "cookies" ? undefined : value)
  await writeFile(results, `${JSON.stringify(run, withoutSessions, 1)}\n`)
}

/** The part of `bench/README.md` between its two marks, from the kept run. */
async function describeLastRun(): Promise<string> {
  const run = runSchema.parse(JSON.parse(await readFile(results, "utf8")))
  const { measuredAt, machine, loadBefore, minutes, answers } = run
  return [
    start,
    `${measuredAt}, ${minutes} minutes. ${machine}. Load average before the run: ${loadBefore}.`,
    tableOf(Object.values(answers).flatMap(({ rows }) => rows)),
    end,
  ].join("\n\n")
}

/** Puts it there. */
export async function writeTable(): Promise<void> {
  const [before, rest = ""] = (await readFile(readme, "utf8")).split(start)
  await writeFile(readme, `${before}${await describeLastRun()}${rest.split(end)[1] ?? "\n"}`)
}
