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
import { stopAll, stopWhenInterrupted } from "./refresh/started"
import { strictRotation } from "./refresh/strict-rotation"

const LONGEST_RUN_MS = 6 * 60_000

/** One question each, asked in this order. */
const scenarios: Record<string, (stage: Stage) => Promise<Outcome>> = {
  "lapsed-token": lapsedToken,
  "strict-rotation": strictRotation,
  "killed-holder": killedHolder,
  "lost-reply": lostReply,
  outage,
  "keep-alive": keepAliveAtScale,
  "database-cost": databaseCost,
  "eight-tabs": eightTabs,
  "dead-grant": deadGrant,
  "ended-meanwhile": endedMeanwhile,
}

/** `npm run bench:refresh`, or with the names of scenarios after `--`: these only, and nothing is written. */
const chosen = process.argv.slice(2)
const names = chosen.length > 0 ? chosen : Object.keys(scenarios)
stopWhenInterrupted(LONGEST_RUN_MS)
const outcomes: Outcome[] = []
try {
  const stage = await setStage()
  for (const name of names) {
    const run = scenarios[name]
    if (!run) throw new Error(`There is no scenario ${name}: ${Object.keys(scenarios).join(", ")}`)
    const outcome = await run(stage)
    outcomes.push(outcome)
    console.log(`\n${describeOutcome(outcome)}`)
  }
  console.log(`\n${tablesOf(outcomes)}`)
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await stopAll()
}
const isMissed = outcomes.some(({ misses }) => misses.length > 0)
process.exit(process.exitCode ?? (isMissed ? 1 : 0))
