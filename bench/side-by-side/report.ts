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
  /** The one-minute load average before the run: how busy the machine was otherwise. */
  loadBefore: z.number(),
  minutes: z.number(),
  /** By the name of the question. */
  answers: z.record(z.string(), z.object({ rows: z.array(rowSchema), numbers: z.unknown() })),
})

/** A whole run. */
export type Run = z.infer<typeof runSchema>

/** Markdown that is also readable on a terminal. */
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

/** Stores every number of a run in `bench/results`, replacing the previous run, but not the sessions that were used. */
export async function keepRun(run: Run): Promise<void> {
  const withoutSessions = (key: string, value: unknown) => (key === "cookies" ? undefined : value)
  await writeFile(results, `${JSON.stringify(run, withoutSessions, 1)}\n`)
}

/** Generates the part of `bench/README.md` between its two markers from the stored run. */
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

/** Writes that part. */
export async function writeTable(): Promise<void> {
  const [before, rest = ""] = (await readFile(readme, "utf8")).split(start)
  await writeFile(readme, `${before}${await describeLastRun()}${rest.split(end)[1] ?? "\n"}`)
}
