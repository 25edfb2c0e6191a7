import { setTimeout as wait } from "node:timers/promises"
import { ours } from "./contestants"
import { addCrowd, crowdCookies, removeCrowd } from "./crowd"
import { type SendLoad, startLoadGenerator } from "./load"
import { pidOf, type Running, residentBytes, runningOf, type Scene } from "./running"
import { row, type Section } from "./section"

const SESSIONS = 10_000
const SOAK_RATE = 20
const SAMPLE_EVERY_MS = 5_000

/** How much memory does a server use after ten thousand people, and does it grow under a steady load? */
export async function memory(scene: Scene, soakMinutes: number): Promise<Section> {
  const own = runningOf(scene, ours.name)
  const { databaseUrl } = scene.stage
  await addCrowd(databaseUrl, 1, SESSIONS)
  const cookies = await crowdCookies(scene, SESSIONS, SESSIONS)
  const load = { url: new URL("/profile", own.app.url).href, connections: 10, cookies }
  let seen = 0
  while (seen < SESSIONS) seen += (await scene.sendLoad({ ...load, seconds: 10 })).requests
  const afterSessions = await residentBytes(pidOf(own))
  await removeCrowd(databaseUrl)

  const soaked = await soak(own, await startLoadGenerator(), soakMinutes * 60)
  const megabytes = (bytes: number) => bytes / 2 ** 20
  const sessions = `after views of ${SESSIONS.toLocaleString("en")} sessions`
  return {
    rows: [
      row(`memory of a server ${sessions}`, megabytes(afterSessions), null, "resident set", " MB"),
      row(
        `growth of memory in an hour at ${SOAK_RATE} views/s`,
        megabytes(soaked.slopeBytesPerHour),
        null,
        `${soakMinutes} minutes, the last two thirds`,
        " MB",
      ),
    ],
    numbers: { afterSessions, soaked },
  }
}

/** Measures a server's memory while people view their profiles. */
async function soak({ app, cookies }: Running, sendLoad: SendLoad, seconds: number) {
  const samples: number[] = []
  let hasEnded = false
  const url = new URL("/profile", app.url).href
  const over = sendLoad({ url, cookies, connections: 10, rate: SOAK_RATE, seconds }).finally(() => {
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
