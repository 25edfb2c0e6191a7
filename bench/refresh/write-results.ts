import { readFile, writeFile } from "node:fs/promises"
import { availableParallelism } from "node:os"
import { type Outcome, percentile } from "./outcome"
import { tablesOf } from "./report"

const folder = new URL("../", import.meta.url)
const [start, end] = ["<!-- last run -->", "<!-- end of last run -->"]

/** Stores a whole run: its numbers in `bench/results`, its tables in `bench/README.md`. */
export async function writeResults(outcomes: readonly Outcome[], seconds: number): Promise<void> {
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${availableParallelism()} cores, Node ${process.versions.node.split(".")[0]}`
  const results = { date, machine, seconds, outcomes: outcomes.map(summarise) }
  await writeFile(new URL("results/refresh.json", folder), `${JSON.stringify(results, null, 2)}\n`)

  const readme = new URL("README.md", folder)
  const text = await readFile(readme, "utf8")
  const block = `${start}\n\n${date}, ${machine}, ${seconds} seconds in all.\n\n${tablesOf(outcomes)}\n\n${end}`
  const [before, rest = ""] = text.split(start)
  await writeFile(readme, `${before}${block}${rest.split(end)[1] ?? "\n"}`)
}

/** Leaves out the thousands of individual waits. */
function summarise({ waitsMs, comparisons, ...outcome }: Outcome) {
  return {
    ...outcome,
    result: outcome.misses.length === 0 ? "PASS" : "MISS",
    waits: summariseWaits(waitsMs),
    ...(comparisons && {
      comparisons: comparisons.map(({ waitsMs: waits, ...one }) => ({
        ...one,
        waits: summariseWaits(waits),
      })),
    }),
  }
}

function summariseWaits(waitsMs: readonly number[]) {
  if (waitsMs.length === 0) return null
  const [p50Ms = 0, p99Ms = 0, longestMs = 0] = [0.5, 0.99, 1].map((share) =>
    Math.round(percentile(waitsMs, share)),
  )
  return { count: waitsMs.length, p50Ms, p99Ms, longestMs }
}
