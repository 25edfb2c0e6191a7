import { parseArgs } from "node:util"
import { z } from "zod"
import { obtainGrant } from "../../test/bitbucket-grant"
import { startAfresh } from "../refresh/people"
import { setStage } from "../refresh/stage"
import { isStopping, stopAll, stopWhenInterrupted } from "../refresh/started"
import { authOverhead } from "./auth-overhead"
import { coldStart } from "./cold-start"
import { buildAll, contestants, peerEnvironment, signIn, startContestant } from "./contestants"
import { LOAD_CORE, machineInWords, pin } from "./cores"
import { growth } from "./growth"
import { startLoadGenerator } from "./load"
import { memory } from "./memory"
import { profileViews } from "./profile-views"
import { type Answers, describeSection, lastAnswers, writeResults } from "./report"
import type { Running, Scene } from "./running"
import type { Section } from "./section"
import { signInTimes } from "./sign-in"
import { smallAnswers } from "./small-answers"
import { stampede } from "./stampede"
import { weights } from "./weights"

/** Beside the soak. */
const LONGEST_RUN_MS = 45 * 60_000
const PEOPLE = 10

/** One question each, asked in this order. */
const questions: Record<string, (scene: Scene) => Promise<Section>> = {
  views: profileViews,
  overhead: authOverhead,
  answers: smallAnswers,
  "sign-in": signInTimes,
  weights,
  "cold-start": coldStart,
  stampede,
  memory,
  growth,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    built: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    "soak-minutes": { type: "string", default: "2" },
  },
})
const soakMinutes = z.coerce.number().positive().parse(values["soak-minutes"])

stopWhenInterrupted(LONGEST_RUN_MS + soakMinutes * 60_000)
try {
  process.exitCode = await run(positionals, { isBuilt: values.built, isWritten: values.write, soakMinutes })
} catch (error) {
  if (!isStopping()) {
    console.error(error)
    process.exitCode = 1
  }
}
await stopAll()
process.exit()

type Options = {
  /** With `--built`: the apps are taken as they were built last. */
  isBuilt: boolean
  /** With `--write`: what is asked takes the place of its last answer. All questions do so without. */
  isWritten: boolean
  soakMinutes: number
}

/**
 * `npm run bench`; names of questions after `--` ask these only, and nothing is written unless that is asked for.
 *
 * @returns the exit code: 1 where a target was missed
 */
async function run(chosen: readonly string[], options: Options): Promise<number> {
  const unknown = chosen.find((name) => !(name in questions))
  if (unknown) throw new Error(`There is no question ${unknown}: ${Object.keys(questions).join(", ")}`)
  const isPinned = pin(process.pid, LOAD_CORE)
  const machine = machineInWords(isPinned)
  const last = chosen.length === 0 ? {} : options.isWritten ? await lastAnswers(machine) : undefined
  const scene = await setScene(options)
  const answers: Answers = {}
  for (const [name, ask] of Object.entries(questions)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    console.log(`\n${name} ...`)
    const section = await ask(scene)
    answers[name] = {
      ...section,
      measuredAt: `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
    }
    console.log(describeSection(section))
  }
  if (last) {
    const all = { ...last, ...answers }
    const inOrder = Object.keys(questions).flatMap((name) => (all[name] ? [[name, all[name]] as const] : []))
    await writeResults(Object.fromEntries(inOrder), machine)
  }
  return Object.values(answers).some(({ targets }) => targets.some(({ isMet }) => !isMet)) ? 1 : 0
}

/** Builds every app, starts each on the core of the servers, and signs the same people in. */
async function setScene({ isBuilt, soakMinutes }: Options): Promise<Scene> {
  const stage = await setStage()
  await startAfresh(stage, PEOPLE)
  const { accessToken } = await obtainGrant(stage.siteUrl, "person-1")
  const environment = await peerEnvironment(stage, accessToken)
  if (!isBuilt) {
    console.log("building ...")
    await buildAll(contestants, environment)
  }
  const running: Running[] = []
  for (const contestant of contestants) {
    const app = await startContestant(contestant, environment)
    const browsers = await Promise.all(
      Array.from({ length: PEOPLE }, (_, index) => signIn(contestant, app, `person-${index + 1}`)),
    )
    const cookies = browsers.map((browser) => browser.cookiesFor(app.url))
    const [browser, cookie] = [browsers[0], cookies[0]]
    if (browser && cookie !== undefined) running.push({ contestant, app, browser, cookie, cookies })
  }
  return { stage, environment, running, putLoad: await startLoadGenerator(), soakMinutes }
}
