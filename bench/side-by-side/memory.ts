import { setTimeout as wait } from "node:timers/promises"
import { ours, startContestant } from "./contestants"
import { addCrowd, crowdCookies, removeCrowd } from "./crowd"
import { type PutLoad, startLoadGenerator } from "./load"
import { pidOf, type Running, residentBytes, runningOf, type Scene } from "./running"
import { round, type Section } from "./section"

const SESSIONS = 10_000
const SOAK_RATE = 20
const SAMPLE_EVERY_MS = 5_000

const megabytes = (bytes: number) => `${round(bytes / 2 ** 20)} MB`

/** How much memory does a server use: after its first views, after ten thousand people, and after a soak? */
export async function memory(scene: Scene): Promise<Section> {
  const rows: string[][] = []
  const numbers: Record<string, number> = {}
  for (const { contestant, cookie } of scene.running) {
    const app = await startContestant(contestant, scene.environment)
    const load = { url: new URL("/profile", app.url).href, connections: 10, cookies: [cookie] }
    await scene.putLoad({ ...load, seconds: 3 })
    await wait(2_000)
    const atRest = await residentBytes(pidOf({ app }))
    numbers[contestant.name] = atRest
    rows.push([contestant.name, "at rest, after its first views", megabytes(atRest)])
    await app.process.stop()
  }

  const own = runningOf(scene, ours.name)
  const { databaseUrl } = scene.stage
  await addCrowd(databaseUrl, 1, SESSIONS)
  const cookies = await crowdCookies(scene, SESSIONS, SESSIONS)
  const load = { url: new URL("/profile", own.app.url).href, connections: 10, cookies }
  let seen = 0
  while (seen < SESSIONS) seen += (await scene.putLoad({ ...load, seconds: 10 })).requests
  const afterSessions = await residentBytes(pidOf(own))
  rows.push([
    own.contestant.name,
    `after views of ${SESSIONS.toLocaleString("en")} sessions`,
    megabytes(afterSessions),
  ])

  await removeCrowd(databaseUrl)
  const soaked = await soak(own, await startLoadGenerator(), scene.soakMinutes * 60)
  const { samples, slopeBytesPerHour: slope } = soaked
  rows.push([
    own.contestant.name,
    `after ${scene.soakMinutes} minutes at ${SOAK_RATE} views/s`,
    `${megabytes(samples.at(-1) ?? Number.NaN)}, ${slope < 0 ? "−" : "+"}${megabytes(Math.abs(slope))} an hour`,
  ])
  return {
    title: "Memory of a server (resident set)",
    head: ["App", "When", "Memory"],
    rows,
    notes: [`The slope is that of the last two thirds of the soak.`],
    targets: [],
    numbers: { ...numbers, afterSessions, soaked },
  }
}

/** Measures a server's memory while people view their profiles. */
async function soak({ app, cookies }: Running, putLoad: PutLoad, seconds: number) {
  const samples: number[] = []
  let hasEnded = false
  const url = new URL("/profile", app.url).href
  const over = putLoad({ url, cookies, connections: 10, rate: SOAK_RATE, seconds }).finally(() => {
    hasEnded = true
  })
  while (!hasEnded) {
    await Promise.race([over, wait(SAMPLE_EVERY_MS)])
    if (!hasEnded) samples.push(await residentBytes(pidOf({ app })))
  }
  await over
  const settled = samples.slice(Math.floor(samples.length / 3))
  return { samples, slopeBytesPerHour: slopeOf(settled) * (3_600_000 / SAMPLE_EVERY_MS) }
}

/** Least squares. @returns by how much a value grows from one sample to the next */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const sums = values.map((value, index) => ({
    xy: (index - middle) * (value - mean),
    xx: (index - middle) ** 2,
  }))
  return sums.reduce((sum, { xy }) => sum + xy, 0) / sums.reduce((sum, { xx }) => sum + xx, 0)
}
