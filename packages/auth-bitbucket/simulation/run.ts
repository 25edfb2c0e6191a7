import { fork } from "node:child_process"
import { writeFile } from "node:fs/promises"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { createConnections, createMemoryStore } from "../src/connections.ts"
import { type Bounds, explore } from "./explore.ts"
import { type Invariant, invariants, type Violation } from "./invariants.ts"
import { pastFailures } from "./past-failures.ts"
import { plant, plantedFaults } from "./planted-faults.ts"
import { type Library, runSchedule } from "./run-schedule.ts"
import { drawSchedule } from "./schedule.ts"
import { shrink } from "./shrink.ts"

const usage = `Usage: npm run test:simulation [-- OPTIONS]

Runs auth-bitbucket/connections in virtual time, against a simulated Postgres and a simulated Bitbucket.

  --schedules N   how many random schedules of 48 expiries (100000)
  --from SEED     the seed of the first one (1)
  --quick         400 schedules, and the smaller searches
  --seed SEED     runs one schedule, and shrinks it if it fails
  --report FILE   writes {"passed", "failed"} as JSON`

/** A fault that takes longer to find counts as not found. */
const LONGEST_SEARCH_MS = 60_000

const library: Library = { createConnections, createMemoryStore }
// The simulation throws thousands of errors on purpose, and their stack traces are never read.
Error.stackTraceLimit = 0

type Share = { from: number; until: number }
type ShareResult = { expiries: number; refreshes: number; failures: (Violation & { seed: number })[] }

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      schedules: { type: "string" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      report: { type: "string" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return console.log(usage)
  if (values.seed) {
    process.exitCode = (await replay(Number(values.seed))) ? 0 : 1
    return
  }
  const count = Number(values.schedules ?? (values.quick ? 400 : 100_000))
  const results = [
    ...(await runPastFailures()),
    ...(await runSchedules(Number(values.from), count)),
    ...(await exploreAll(values.quick)),
    ...(await findPlantedFaults()),
  ]
  const failed = results.filter((isPassed) => !isPassed).length
  const passed = results.length - failed
  console.log(`\n${passed} passed, ${failed} failed`)
  if (values.report) await writeFile(values.report, JSON.stringify({ passed, failed }))
  process.exitCode = failed === 0 ? 0 : 1
}

/** @returns whether each schedule held */
async function runPastFailures(): Promise<boolean[]> {
  const results: boolean[] = []
  for (const { name, schedule } of pastFailures) {
    const { violation } = await runSchedule(library, schedule)
    console.log(`${violation ? "FAILED" : "holds "} ${name}${violation ? `: ${sentenceOf(violation)}` : ""}`)
    results.push(!violation)
  }
  return results
}

/** @returns whether each invariant held */
async function runSchedules(from: number, count: number): Promise<boolean[]> {
  const startedAt = performance.now()
  const workers = Math.min(availableParallelism(), Math.ceil(count / 100))
  const shares = Array.from({ length: workers }, (_, index) => ({
    from: from + Math.floor((count * index) / workers),
    until: from + Math.floor((count * (index + 1)) / workers),
  }))
  const results = await Promise.all(shares.map(inWorker))
  const sum = (of: (result: ShareResult) => number) =>
    results.reduce((total, result) => total + of(result), 0)
  const [expiries, refreshes] = [sum((result) => result.expiries), sum((result) => result.refreshes)]
  console.log(
    `${number(count)} schedules, ${number(expiries)} expiries, ${number(refreshes)} refresh requests (${seconds(startedAt)})`,
  )
  const failures = results.flatMap((result) => result.failures)
  for (const [name, sentence] of Object.entries(invariants)) {
    const of = failures.filter(({ invariant }) => invariant === name)
    console.log(`${of.length === 0 ? "holds " : "FAILED"} ${sentence}`)
    const first = of[0]
    if (first) console.log(`       ${of.length} schedules, first with seed ${first.seed}: ${first.detail}`)
    if (first) await replay(first.seed)
  }
  return Object.keys(invariants).map((name) => failures.every(({ invariant }) => invariant !== name))
}

function inWorker(share: Share): Promise<ShareResult> {
  return new Promise((resolve, reject) => {
    const worker = fork(fileURLToPath(import.meta.url))
    worker.once("message", (result: ShareResult) => resolve(result))
    worker.once("error", reject)
    worker.once("exit", (code) => reject(new Error(`A worker ended with ${code} before its schedules had`)))
    worker.send(share)
  })
}

async function runShare({ from, until }: Share): Promise<ShareResult> {
  const result: ShareResult = { expiries: 0, refreshes: 0, failures: [] }
  for (let seed = from; seed < until; seed++) {
    const { violation, expiries, refreshRequests } = await runSchedule(library, drawSchedule(seed))
    result.expiries += expiries
    result.refreshes += refreshRequests
    if (violation) result.failures.push({ ...violation, seed })
  }
  return result
}

/** Runs one schedule, and if it fails prints the smallest one that fails the same way. @returns whether it holds */
async function replay(seed: number): Promise<boolean> {
  const schedule = drawSchedule(seed)
  const { violation } = await runSchedule(library, schedule)
  if (!violation) {
    console.log(`The schedule with seed ${seed} holds.`)
    return true
  }
  const smallest = await shrink(library, schedule, violation.invariant)
  const { violation: same } = await runSchedule(library, smallest)
  console.log(
    `Seed ${seed}: ${invariants[violation.invariant]}\n${same?.detail}\n${JSON.stringify(smallest, null, 2)}`,
  )
  return false
}

const quickSearches: Bounds[] = [
  { servers: 1, crashes: 1, lostReplies: 1, delays: 2 },
  { servers: 2, crashes: 2, lostReplies: 1, delays: 0 },
]
const searches: Bounds[] = [
  ...quickSearches,
  { servers: 2, crashes: 2, lostReplies: 1, delays: 1 },
  { servers: 3, crashes: 2, lostReplies: 1, delays: 0 },
]

async function exploreAll(isQuick: boolean): Promise<boolean[]> {
  const results: boolean[] = []
  for (const bounds of isQuick ? quickSearches : searches) {
    const startedAt = performance.now()
    const { violation, states, transitions, ends } = await explore(library, bounds)
    const { servers, crashes, lostReplies, delays } = bounds
    console.log(
      `${violation ? "FAILED" : "holds "} every order of ${servers} servers, ${crashes} crashes, ${lostReplies} lost replies, ${delays} delays: ` +
        `${number(states)} states, ${number(transitions)} steps, ${number(ends)} ends (${seconds(startedAt)})`,
    )
    if (violation) console.log(`       ${sentenceOf(violation)}\n       ${violation.steps.join("\n       ")}`)
    results.push(!violation)
  }
  return results
}

/** @returns whether the schedules find each fault */
async function findPlantedFaults(): Promise<boolean[]> {
  const results: boolean[] = []
  for (const [index, fault] of plantedFaults.entries()) {
    const startedAt = performance.now()
    const faulty = await plant(fault, index)
    let violation: Violation | null = null
    let seed = 0
    while (!violation && performance.now() - startedAt < LONGEST_SEARCH_MS)
      ({ violation } = await runSchedule(faulty, drawSchedule(++seed)))
    console.log(
      violation
        ? `found  ${fault.name}: ${sentenceOf(violation)} (seed ${seed}, ${seconds(startedAt)})`
        : `MISSED ${fault.name}: ${seed} schedules hold`,
    )
    results.push(violation !== null)
  }
  return results
}

const sentenceOf = ({ invariant, detail }: { invariant: Invariant; detail: string }) =>
  `${invariants[invariant]} ${detail}`
const number = (value: number) => value.toLocaleString("en")
const seconds = (since: number) => `${((performance.now() - since) / 1_000).toFixed(1)} s`

if (process.send) {
  process.once("message", (share: Share) => {
    void runShare(share).then((result) => process.send?.(result, () => process.exit()))
  })
} else {
  await main()
}
