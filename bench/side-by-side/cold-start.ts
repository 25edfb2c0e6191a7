import { request } from "node:http"
import { setTimeout as wait } from "node:timers/promises"
import { freePort, startServer } from "../../scripts/server-process"
import { stopAtEnd } from "../refresh/started"
import { pin, SERVER_CORE } from "./cores"
import type { Running, Scene } from "./running"
import { median, milliseconds, round, type Section } from "./section"

const ROUNDS = 5

/** How long until a newly started server sends the first byte of a person's profile? */
export async function coldStart(scene: Scene): Promise<Section> {
  const measured = scene.running.map((one) => ({ one, ms: [] as number[] }))
  for (let round = 0; round < ROUNDS; round++)
    for (const { one, ms } of measured) ms.push(await startOnce(scene, one))
  return {
    title: "Cold start",
    head: ["App", "First byte of /profile after", "Shortest and longest"],
    rows: measured.map(({ one, ms }) => [
      one.contestant.name,
      milliseconds(median(ms)),
      `${round(Math.min(...ms))} to ${round(Math.max(...ms))} ms`,
    ]),
    notes: [
      `From the start of \`next start\` on its own core, ${ROUNDS} times, with a signed-in user's cookies.`,
    ],
    targets: [],
    numbers: Object.fromEntries(measured.map(({ one, ms }) => [one.contestant.name, ms])),
  }
}

async function startOnce({ environment }: Scene, { contestant, cookie }: Running): Promise<number> {
  const port = await freePort()
  const startedAt = performance.now()
  const app = startServer(contestant.name, ["node_modules/next/dist/bin/next", "start", contestant.folder], {
    ...environment,
    PORT: String(port),
    AUTH_URL: `http://localhost:${port}`,
  })
  stopAtEnd(app.stop)
  pin(app.process.pid, SERVER_CORE)
  for (;;) {
    if (app.process.exitCode !== null) throw new Error(`${contestant.name} ended:\n${app.output()}`)
    const status = await firstByte(port, cookie)
    const ms = performance.now() - startedAt
    if (status === null) {
      await wait(5)
      continue
    }
    await app.stop()
    if (status !== 200) throw new Error(`${contestant.name} answered ${status} at its first request`)
    return ms
  }
}

/** @returns the status, as soon as it is there; null while no server listens */
function firstByte(port: number, cookie: string): Promise<number | null> {
  return new Promise((resolve) => {
    const asking = request({ host: "localhost", port, path: "/profile", headers: { cookie } }, (response) => {
      response.once("data", () => {
        resolve(response.statusCode ?? 0)
        response.destroy()
      })
      response.once("end", () => resolve(response.statusCode ?? 0))
    })
    asking.once("error", () => resolve(null))
    asking.end()
  })
}
