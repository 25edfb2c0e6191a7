import { request } from "node:http"
import { setTimeout as wait } from "node:timers/promises"
import { freePort, startServer } from "../../scripts/server-process"
import { stopAtEnd } from "../refresh/started"
import { bare, ours } from "./contestants"
import { pin, SERVER_CORE } from "./cores"
import { type Running, runningOf, type Scene } from "./running"
import { atMost, both, median, medianRatio, row, type Section } from "./section"

const ROUNDS = 9

/** How long until a newly started server sends the first byte of a person's profile? */
export async function coldStart(scene: Scene): Promise<Section> {
  const [own, other] = [ours, bare].map(({ name }) => ({
    one: runningOf(scene, name),
    ms: [] as number[],
  })) as [Started, Started]
  for (let round = 0; round < ROUNDS; round++)
    for (const { one, ms } of round % 2 ? [other, own] : [own, other]) ms.push(await startOnce(scene, one))
  return {
    rows: [
      row(
        "cold start: first byte of a signed-in view over `bare`'s",
        medianRatio(own.ms, other.ms),
        atMost(1.15),
        both(median(own.ms), median(other.ms), "ms"),
      ),
    ],
    numbers: { own: own.ms, bare: other.ms },
  }
}

type Started = { one: Running; ms: number[] }

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

/** @returns the status, as soon as it arrives; null while no server listens */
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
