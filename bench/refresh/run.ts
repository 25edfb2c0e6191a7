import { databaseCost } from "./database-cost"
import { faultsOfTheDatabase } from "./database-faults"
import { deadGrant } from "./dead-grant"
import { eightTabs } from "./eight-tabs"
import { endedMeanwhile } from "./ended-meanwhile"
import { expiredToken } from "./expired-token"
import { keepAliveAtScale } from "./keep-alive"
import { killedHolder } from "./killed-holder"
import { lostReply } from "./lost-reply"
import { outage } from "./outage"
import type { Outcome } from "./outcome"
import { throughPooler } from "./pooler"
import { describeOutcome, tablesOf } from "./report"
import { createStage, type Stage } from "./stage"
import { isStopping, stopAll, stopWhenInterrupted } from "./started"
import { strictRotation } from "./strict-rotation"
import { writeResults } from "./write-results"

const LONGEST_RUN_MS = 10 * 60_000

/** One question each, in this order. */
const scenarios: Record<string, (stage: Stage) => Promise<Outcome>> = {
  "expired-token": expiredToken,
  "strict-rotation": strictRotation,
  "killed-holder": killedHolder,
  "lost-reply": lostReply,
  outage,
  "dead-grant": deadGrant,
  "keep-alive": keepAliveAtScale,
  "ended-meanwhile": endedMeanwhile,
  "database-cost": databaseCost,
  "pooled-expired-token": throughPooler(expiredToken),
  "pooled-killed-holder": throughPooler(killedHolder),
  "pooled-lost-reply": throughPooler(lostReply),
  "database-faults": faultsOfTheDatabase,
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
 * `npm run bench -- refresh`; with names of scenarios after it, runs only these and writes nothing.
 *
 * @returns the exit code: 1 if a target was missed
 */
async function run(chosen: readonly string[]): Promise<number> {
  const unknown = chosen.find((name) => !(name in scenarios))
  if (unknown) throw new Error(`There is no scenario ${unknown}: ${Object.keys(scenarios).join(", ")}`)
  const startedAt = performance.now()
  const stage = await createStage()
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
