import { ours } from "./contestants"
import { cpuMs, pidOf, type Running, type Scene } from "./running"
import { median, milliseconds, round, type Section, spread, target } from "./section"

const ROUNDS = 5
const SECONDS = 1.5
const CONNECTIONS = [1, 10, 50]
const LATENCIES_MS = [0, 50, 200]
const WARM_UP_SECONDS = 6

type Cell = { perSecond: number[]; p50Ms: number[]; p99Ms: number[]; cpuMs: number[]; calls: number[] }
type Cells = Map<string, Cell>

const keyOf = (name: string, latencyMs: number, connections: number) => `${name}/${latencyMs}/${connections}`

/** How many signed-in views of the profile does each app serve, and how long does one take? */
export async function profileViews(scene: Scene): Promise<Section> {
  const { running } = scene
  for (const one of running) await view(scene, one, 10, WARM_UP_SECONDS)
  const cells: Cells = new Map()
  for (let round = 0; round < ROUNDS; round++) {
    for (const latencyMs of LATENCIES_MS) {
      await scene.stage.bitbucket.changeConfig({ latency_ms: latencyMs })
      for (const connections of CONNECTIONS)
        for (const [index] of running.entries()) {
          // Each round begins with another: whatever drifts, drifts for all.
          const one = running[(index + round) % running.length] as Running
          await measure(scene, one, latencyMs, connections, cells)
        }
    }
    console.log(`  round ${round + 1} of ${ROUNDS}`)
  }
  await scene.stage.bitbucket.changeConfig({ latency_ms: 0 })
  return sectionOf(running, cells)
}

function view({ putLoad }: Scene, { app, cookies }: Running, connections: number, seconds: number) {
  return putLoad({ url: new URL("/profile", app.url).href, connections, seconds, cookies })
}

async function measure(scene: Scene, one: Running, latencyMs: number, connections: number, cells: Cells) {
  const { bitbucket } = scene.stage
  await bitbucket.clearRequests()
  const cpuBefore = await cpuMs(pidOf(one))
  const { requests, perSecond, p50Ms, p99Ms } = await view(scene, one, connections, SECONDS)
  const cpuPerView = ((await cpuMs(pidOf(one))) - cpuBefore) / requests
  const calls = (await bitbucket.listRequests()).length

  const key = keyOf(one.contestant.name, latencyMs, connections)
  const cell = cells.get(key) ?? { perSecond: [], p50Ms: [], p99Ms: [], cpuMs: [], calls: [] }
  cells.set(key, cell)
  cell.perSecond.push(perSecond)
  cell.p50Ms.push(p50Ms)
  cell.p99Ms.push(p99Ms)
  cell.cpuMs.push(cpuPerView)
  cell.calls.push(calls / requests)
}

function sectionOf(running: readonly Running[], cells: Cells): Section {
  const names = running.map(({ contestant }) => contestant.name)
  const of = (name: string, latencyMs: number, connections: number) => {
    const cell = cells.get(keyOf(name, latencyMs, connections))
    if (!cell) throw new Error(`${name} was not measured`)
    return cell
  }
  const rows = LATENCIES_MS.flatMap((latencyMs) =>
    CONNECTIONS.flatMap((connections) =>
      names.map((name) => {
        const cell = of(name, latencyMs, connections)
        return [
          `${latencyMs} ms`,
          String(connections),
          name,
          `${round(median(cell.perSecond))} ± ${Math.round(spread(cell.perSecond) * 50)} %`,
          milliseconds(median(cell.p50Ms)),
          milliseconds(median(cell.p99Ms)),
          milliseconds(median(cell.cpuMs)),
          round(median(cell.calls)),
        ]
      }),
    ),
  )
  const rate = (name: string) => median(of(name, 0, 10).perSecond)
  const peers = names.filter((name) => name !== ours.name)
  const rateOver = (peer: string) => rate(ours.name) / rate(peer)
  const wait = (name: string, connections: number) => median(of(name, 200, connections).p50Ms)
  const waitOverFastest = (connections: number) =>
    Math.max(...peers.map((peer) => wait(ours.name, connections) / wait(peer, connections)))
  return {
    title: "Signed-in views of /profile",
    head: ["Bitbucket", "Connections", "App", "Views/s", "p50", "p99", "CPU a view", "Calls a view"],
    rows,
    notes: [
      `Medians of ${ROUNDS} rounds of ${SECONDS} s, all apps in each round, each round begun by another; ± is half the distance between the best and the worst.`,
    ],
    targets: [
      target(ours.name, "views/s over bare, Bitbucket 0 ms, 10 connections", "≥", 0.9, rateOver("bare")),
      target(ours.name, "views/s over authjs-stock", "≥", 2, rateOver("authjs-stock")),
      target(ours.name, "views/s over better-auth", "≥", 1.5, rateOver("better-auth")),
      ...CONNECTIONS.map((connections) =>
        target(
          ours.name,
          `Bitbucket 200 ms: p50 over the fastest peer's, at ${connections}`,
          "≤",
          0.15,
          waitOverFastest(connections),
        ),
      ),
    ],
    numbers: Object.fromEntries(cells),
  }
}
