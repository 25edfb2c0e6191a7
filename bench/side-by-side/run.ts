import { loadavg } from "node:os"
import { parseArgs } from "node:util"
import { z } from "zod"
import { obtainGrant } from "../../test/bitbucket-grant"
import { startOver } from "../refresh/people"
import { createStage } from "../refresh/stage"
import { isStopping, stopAll, stopWhenInterrupted } from "../refresh/started"
import { bareBefore, buildBefore, environmentBefore, oursBefore } from "./before"
import { coldStart } from "./cold-start"
import {
  appEnvironment,
  bare,
  betterAuth,
  buildAll,
  type Contestant,
  light,
  ours,
  signIn,
  startContestant,
  stock,
} from "./contestants"
import { LOAD_CORE, machineInWords, pin } from "./cores"
import { growth } from "./growth"
import { startLoadGenerator } from "./load"
import { memory } from "./memory"
import { pooledViews } from "./pooled-views"
import { redirects } from "./redirects"
import { keepRun, type Run, tableOf, writeTable } from "./report"
import type { Running, Scene } from "./running"
import { assertSamePage } from "./same-page"
import type { Section } from "./section"
import { sessionShare } from "./session-share"
import { signInTimes } from "./sign-in"
import { views } from "./views"
import { weights } from "./weights"

/** In addition to the soak. */
const LONGEST_RUN_MS = 45 * 60_000
const PEOPLE = 10

/** One question each, asked in this order. */
const questions: Record<string, (scene: Scene) => Promise<Section>> = {
  views,
  weights,
  session: sessionShare,
  redirects,
  "sign-in": signInTimes,
  "cold-start": coldStart,
  pooler: pooledViews,
  growth,
}

const usage = `Usage: npm run bench [-- QUESTION...] [-- --built] [-- --soak-minutes N] [-- --table]

Compares this app with its peers, on this machine. All questions: prints the table, keeps the run in
bench/results/side-by-side.json and writes the table into bench/README.md. Some of them: only prints their lines.
The exit code is 1 where a goal is missed.

  QUESTION          ${Object.keys(questions).join(", ")}
  --built           takes the apps as they were built last
  --soak-minutes N  watches a server's memory at 20 views a second for this long, at the end
  --table           measures nothing: writes the table of the kept run again

Other measurements: npm run bench -- house | refresh | get-token | scale | lighthouse`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    built: { type: "boolean", default: false },
    table: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
    "soak-minutes": { type: "string" },
  },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}
if (values.table) {
  await writeTable()
  process.exit(0)
}
const soakMinutes = z.coerce.number().positive().optional().parse(values["soak-minutes"])

stopWhenInterrupted(LONGEST_RUN_MS + (soakMinutes ?? 0) * 60_000)
try {
  process.exitCode = await run(positionals, values.built)
} catch (error) {
  if (!isStopping()) {
    console.error(error)
    process.exitCode = 1
  }
}
await stopAll()
process.exit()

/** @returns the exit code: 1 if a goal is missed */
async function run(chosen: readonly string[], isBuilt: boolean): Promise<number> {
  const unknown = chosen.find((name) => !(name in questions))
  if (unknown) throw new Error(`There is no question ${unknown}.\n\n${usage}`)
  const [loadBefore = 0] = loadavg()
  const startedAt = Date.now()
  const machine = machineInWords(pin(process.pid, LOAD_CORE))
  const scene = await createScene(isBuilt)
  await assertSamePage(scene)
  const asked = Object.entries(questions).filter(([name]) => chosen.length === 0 || chosen.includes(name))
  if (soakMinutes !== undefined) asked.push(["memory", (scene) => memory(scene, soakMinutes)])
  const answers: Run["answers"] = {}
  for (const [name, ask] of asked) {
    console.log(`${name} ...`)
    answers[name] = await ask(scene)
  }
  const rows = Object.values(answers).flatMap((answer) => answer.rows)
  console.log(`\n${tableOf(rows)}`)
  if (chosen.length === 0) {
    const measuredAt = `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`
    const minutes = Math.round((Date.now() - startedAt) / 60_000)
    await keepRun({ measuredAt, machine, loadBefore: Number(loadBefore.toFixed(1)), minutes, answers })
    await writeTable()
  }
  return rows.some(({ isMet }) => isMet === false) ? 1 : 0
}

/** Builds every app, starts each on the servers' core, and signs the same users in. */
async function createScene(isBuilt: boolean): Promise<Scene> {
  const stage = await createStage()
  await startOver(stage, PEOPLE)
  const { accessToken } = await obtainGrant(stage.siteUrl, "person-1")
  const environment = await appEnvironment(stage, accessToken)
  const contestants = [ours, bare, light, stock, betterAuth]
  if (!isBuilt) {
    console.log("building ...")
    await buildAll(contestants, environment)
  }
  await buildBefore(environment)
  const ownBefore = await environmentBefore(stage, environment)
  const running: Running[] = []
  for (const contestant of contestants) running.push(await open(contestant, environment))
  for (const contestant of [oursBefore, bareBefore]) running.push(await open(contestant, ownBefore))
  return { stage, environment, running, sendLoad: await startLoadGenerator() }
}

/** Starts a contestant and signs all users in. */
async function open(contestant: Contestant, environment: Record<string, string>): Promise<Running> {
  const app = await startContestant(contestant, environment)
  const cookies: string[] = []
  for (let person = 1; person <= PEOPLE; person++)
    cookies.push((await signIn(contestant, app, `person-${person}`)).cookiesFor(app.url))
  return { contestant, app, cookie: cookies[0] ?? "", cookies }
}
