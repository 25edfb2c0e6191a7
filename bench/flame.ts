import { existsSync } from "node:fs"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { parseArgs } from "node:util"
import { markdownTable } from "../scripts/markdown-table"
import { obtainGrant } from "../test/bitbucket-grant"
import { callTree, type Frame, selfMsByOwner, withoutRecursion } from "./flame/cpu-profile"
import { flameGraph } from "./flame/flame-graph"
import { comeBack, waitingCallbacks } from "./flame/waiting-callbacks"
import type { NextApp } from "./refresh/next-apps"
import { startAfresh } from "./refresh/people"
import { setStage } from "./refresh/stage"
import { isStopping, stopAll, stopAtEnd, stopWhenInterrupted } from "./refresh/started"
import {
  bare,
  buildAll,
  type Contestant,
  ours,
  oursKeeping,
  peerEnvironment,
  signIn,
  startContestant,
} from "./side-by-side/contestants"
import { LOAD_CORE, pin } from "./side-by-side/cores"
import { type PutLoad, startLoadGenerator } from "./side-by-side/load"
import { pidOf } from "./side-by-side/running"

const LONGEST_RUN_MS = 15 * 60_000
const WARM_UP_SECONDS = 8
const SECONDS = 10
const CALLBACKS = 300
const OWNERS_SHOWN = 25

/** What can be recorded; of these, a graph is kept of the first two. */
const subjects: Record<string, { contestant: Contestant; title: string; work: typeof views; isKept?: true }> =
  {
    profile: { contestant: ours, title: "Signed-in views of /profile", work: views, isKept: true },
    callback: { contestant: ours, title: "/api/auth/callback/bitbucket", work: callbacks, isKept: true },
    "profile-60": { contestant: oursKeeping, title: "/profile, PROFILE_FRESH_SECONDS=60", work: views },
    bare: { contestant: bare, title: "/profile of bare", work: views },
  }

stopWhenInterrupted(LONGEST_RUN_MS)
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { built: { type: "boolean", default: false } },
  })
  await run(positionals, values)
} catch (error) {
  if (!isStopping()) {
    console.error(error)
    process.exitCode = 1
  }
}
await stopAll()
process.exit()

/** `npm run bench:flame`; names after `--` record these only, and with `--built` what was built last. */
async function run(chosen: readonly string[], options: { built: boolean }): Promise<void> {
  const unknown = chosen.find((name) => !(name in subjects))
  if (unknown) throw new Error(`There is no ${unknown}: ${Object.keys(subjects).join(", ")}`)
  const names = chosen.length > 0 ? chosen : Object.keys(subjects).filter((name) => subjects[name]?.isKept)
  pin(process.pid, LOAD_CORE)
  const stage = await setStage()
  await startAfresh(stage, 3)
  const { accessToken } = await obtainGrant(stage.siteUrl, "person-1")
  const environment = await peerEnvironment(stage, accessToken)
  const putLoad = await startLoadGenerator()
  const profiles = await mkdtemp(path.join(tmpdir(), "bench-flame-"))
  stopAtEnd(() => rm(profiles, { recursive: true, force: true }))
  if (!options.built) {
    console.log("building ...")
    await buildAll(
      names.flatMap((name) => subjects[name]?.contestant ?? []),
      environment,
    )
  }
  for (const name of names) {
    const { contestant, title, work, isKept } = subjects[name] as (typeof subjects)[string]
    const file = path.join(profiles, `${name}.cpuprofile`)
    const recorder = new URL("flame/recorder.mjs", import.meta.url).href
    const recorded = { ...environment, NODE_OPTIONS: `--import ${recorder}`, CPU_PROFILE_FILE: file }
    const app = await startContestant(contestant, recorded)
    const done = await work(contestant, app, putLoad)
    while (!existsSync(file)) await wait(100)
    await app.process.stop()
    const tree = callTree(JSON.parse(await readFile(file, "utf8")))
    console.log(`\n${title}: ${done} times\n\n${ownersOf(tree, done)}`)
    const graph = new URL(`results/flame-${name}.svg`, import.meta.url)
    if (isKept) await writeFile(graph, flameGraph(withoutRecursion(tree), `${title}, ${done} times`))
  }
}

function perTime(ms: number, times: number): string {
  return `${(ms / times).toFixed(2)} ms`
}

function ownersOf(tree: Frame, times: number): string {
  const owners = selfMsByOwner(tree).slice(0, OWNERS_SHOWN)
  const rows = owners.map(([owner, ms]) => [
    owner,
    perTime(ms, times),
    `${((ms / tree.totalMs) * 100).toFixed(1)} %`,
  ])
  return markdownTable(
    ["Where", "Each time", "Share"],
    [["all", perTime(tree.totalMs, times), "100 %"], ...rows],
  )
}

/** @returns how many there were while the recording ran */
async function views(contestant: Contestant, app: NextApp, putLoad: PutLoad): Promise<number> {
  const browser = await signIn(contestant, app, "person-1")
  const load = {
    url: new URL("/profile", app.url).href,
    connections: 10,
    cookies: [browser.cookiesFor(app.url)],
  }
  await putLoad({ ...load, seconds: WARM_UP_SECONDS })
  toggleRecording(app)
  const { requests } = await putLoad({ ...load, seconds: SECONDS })
  toggleRecording(app)
  return requests
}

async function callbacks(contestant: Contestant, app: NextApp): Promise<number> {
  await comeBack(await waitingCallbacks(contestant, app, CALLBACKS))
  const waiting = await waitingCallbacks(contestant, app, CALLBACKS)
  toggleRecording(app)
  await comeBack(waiting)
  toggleRecording(app)
  return waiting.length
}

/** Begins the recording, or ends it. */
function toggleRecording(app: NextApp): void {
  process.kill(pidOf({ app }), "SIGUSR2")
}
