import { databaseCost } from "./refresh/database-cost"
import { deadGrant } from "./refresh/dead-grant"
import { eightTabs } from "./refresh/eight-tabs"
import { endedMeanwhile } from "./refresh/ended-meanwhile"
import { keepAliveAtScale } from "./refresh/keep-alive"
import { killedHolder } from "./refresh/killed-holder"
import { lapsedToken } from "./refresh/lapsed-token"
import { lostReply } from "./refresh/lost-reply"
import { outage } from "./refresh/outage"
import type { Outcome } from "./refresh/outcome"
import { describeOutcome, tablesOf } from "./refresh/report"
import { type Stage, setStage } from "./refresh/stage"
import { isStopping, stopAll, stopWhenInterrupted } from "./refresh/started"
import { strictRotation } from "./refresh/strict-rotation"
import { writeResults } from "./refresh/write-results"

const LONGEST_RUN_MS = 8 * 60_000

/** One question each, asked in this order. */
const scenarios: Record<string, (stage: Stage) => Promise<Outcome>> = {
  "lapsed-token": lapsedToken,
  "strict-rotation": strictRotation,
  "killed-holder": killedHolder,
  "lost-reply": lostReply,
  outage,
  "dead-grant": deadGrant,
  "keep-alive": keepAliveAtScale,
  "ended-meanwhile": endedMeanwhile,
  "database-cost": databaseCost,
  "eight-tabs": eightTabs,
}

stopWhenInterrupted(LONGEST_RUN_MS)
try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  if (!isStopping()) {
    console.error(error)
    process.exitCode = 1
  }
}
await stopAll()
process.exit()

/**
 * `npm run bench:refresh`; names of scenarios after `--` run these only, and nothing is written.
 *
 * @returns the exit code: 1 where a target was missed
 */
async function run(chosen: readonly string[]): Promise<number> {
  const unknown = chosen.find((name) => !(name in scenarios))
  if (unknown) throw new Error(`There is no scenario ${unknown}: ${Object.keys(scenarios).join(", ")}`)
  const startedAt = performance.now()
  const stage = await setStage()
  const outcomes: Outcome[] = []
  for (const [name, ask] of Object.entries(scenarios)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    console.log(`\n${name} ...`)
    const outcome = await ask(stage)
    outcomes.push(outcome)
    console.log(describeOutcome(outcome))
  }
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  console.log(`\n${tablesOf(outcomes)}\n\n${seconds} seconds.`)
  if (chosen.length === 0) await writeResults(outcomes, seconds)
  return outcomes.some(({ misses }) => misses.length > 0) ? 1 : 0
}
