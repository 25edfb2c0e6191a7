import { setImmediate } from "node:timers/promises"
import type { createConnections, createMemoryStore } from "../src/connections.ts"
import { type Call, type Violation, Watch } from "./invariants.ts"
import { refreshGrantOver, storeOver, type Weather } from "./network.ts"
import { plainVault } from "./plain-vault.ts"
import { createRandomness } from "./randomness.ts"
import { type Cycle, type Schedule, type Step, weatherOf } from "./schedule.ts"
import { LIFETIME_SECONDS, SimulatedBitbucket } from "./simulated-bitbucket.ts"
import { clockOf, epoch, type Server, VirtualTime } from "./virtual-time.ts"

/** What is simulated: the library itself, or a copy with a planted fault. */
export type Library = {
  createConnections: typeof createConnections
  createMemoryStore: typeof createMemoryStore
}

export type ScheduleResult = {
  violation: Violation | null
  /** How many expiries it went through. */
  expiries: number
  refreshRequests: number
  signIns: number
}

const account = "{11111111-2222-4333-8444-555555555555}"
/** Failures are followed by a pause of at most half a minute, and a dead server's lease lasts for fifteen seconds. */
const CALM_AFTER_MS = 60_000
const PAUSE_AFTER_CYCLE_MS = 30_000

/** Runs one schedule in virtual time, up to the first violation. The same schedule always runs the same way. */
export async function runSchedule(library: Library, schedule: Schedule): Promise<ScheduleResult> {
  const run = new Run(library, schedule)
  for (const cycle of schedule.cycles) {
    await run.cycle(cycle)
    if (run.watch.violation) break
  }
  // Virtual time leaves Node no turn to notice a promise that was rejected and never handled.
  await setImmediate()
  const { violation, refreshRequests } = run.watch
  return { violation, refreshRequests, expiries: run.expiries, signIns: run.signIns }
}

type RunningServer = Server & { connections: ReturnType<Library["createConnections"]> }

class Run {
  expiries = 0
  signIns = 0
  readonly watch: Watch
  readonly #time = new VirtualTime()
  readonly #bitbucket: SimulatedBitbucket
  readonly #database: ReturnType<Library["createMemoryStore"]>
  readonly #library: Library
  readonly #schedule: Schedule
  readonly #servers: RunningServer[]
  #weather: Weather = weatherOf(
    { seed: 0, storm: null },
    () => 0,
    () => undefined,
  )
  #starts = 0
  #ids = 0

  constructor(library: Library, schedule: Schedule) {
    this.#library = library
    this.#schedule = schedule
    this.#bitbucket = new SimulatedBitbucket(() => this.#time.now, schedule.graceSeconds)
    this.watch = new Watch(this.#time, this.#bitbucket, account)
    this.#database = this.watch.over(
      library.createMemoryStore({ now: () => epoch + this.#time.now, newId: () => this.#newId() }),
    )
    this.#servers = schedule.skewsMs.map((_, index) => this.#start(index))
  }

  async cycle({ seed, startsAt, storm, steps }: Cycle): Promise<void> {
    this.#setWeather({ seed, storm: null })
    if (this.watch.row?.status !== "active") {
      void this.#signIn(0)
      await this.#time.runUntil(this.#time.now + 1_000)
    }
    const { row } = this.watch
    if (!row) throw new Error("Signing in stores a connection")
    const expiresAt = row.expiresAt.getTime() - epoch
    await this.#time.runUntil(Math.max(this.#time.now, startsAt === "due" ? expiresAt - 300_000 : expiresAt))
    this.expiries++

    const [startedAt, requestsBefore] = [this.#time.now, this.watch.refreshRequests]
    this.#setWeather({ seed, storm })
    for (const step of steps) {
      await this.#time.runUntil(startedAt + step.atMs)
      this.#take(step)
      if (this.watch.violation) return
    }
    await this.#time.runUntil(startedAt + (storm?.lastsMs ?? 5_000))
    this.watch.checkWaiting()
    await this.#time.runUntil(this.#time.now + CALM_AFTER_MS)
    this.watch.checkWaiting()
    this.watch.checkStored()
    await this.#checkServed()

    const isOrdinary = storm === null && steps.every(({ kind }) => kind === "ask")
    const requests = this.watch.refreshRequests - requestsBefore
    if (isOrdinary && requests !== 1) this.watch.fail("one_refresh_per_expiry", `${requests} refreshes`)
    await this.#time.runUntil(this.#time.now + PAUSE_AFTER_CYCLE_MS)
  }

  #setWeather(cycle: Pick<Cycle, "seed" | "storm">): void {
    const beganAt = this.#time.now
    this.#weather = weatherOf(
      cycle,
      () => this.#time.now - beganAt,
      () => this.watch.troubles++,
    )
  }

  #start(index: number): RunningServer {
    const server: Server = { name: `server ${index}.${this.#starts++}`, isAlive: true }
    const link = { time: this.#time, server, weather: () => this.#weather }
    const random = createRandomness(this.#schedule.seed + this.#starts)
    const connections = this.#library.createConnections({
      store: storeOver(link, this.#database),
      oauth: refreshGrantOver(link, this.#bitbucket, this.watch),
      secrets: plainVault,
      clock: clockOf(this.#time, server, this.#schedule.skewsMs[index] ?? 0),
      random: random.next,
      newId: () => this.#newId(),
    })
    return Object.assign(server, { connections })
  }

  /** A uuid whose last digits, which spread connections over time, are the same in every run. */
  #newId(): string {
    return `00000000-0000-4000-8000-${(this.#ids++).toString(16).padStart(12, "0")}`
  }

  #take(step: Step): void {
    if (step.kind === "revoke") {
      if (this.watch.row) this.#bitbucket.revoke(this.watch.row.sealedTokens.split(" ")[1] ?? "")
      return
    }
    const server = this.#servers[step.server]
    if (step.kind === "kill") {
      if (server?.isAlive) this.#kill(step.server, step.downMs)
    } else if (server?.isAlive) {
      if (step.kind === "sign_in") void this.#signIn(step.server).catch(() => undefined)
      else if (step.kind === "disconnect") void server.connections.disconnect(account).catch(() => undefined)
      else if (step.kind === "rejected") void this.#askAgain(server)
      else void this.#ask(server, step.kind)
    }
  }

  #kill(index: number, downMs: number): void {
    const server = this.#servers[index]
    if (server) server.isAlive = false
    this.#time.after(downMs, {
      kind: "timer",
      label: () => "restart",
      server: null,
      run: () => {
        this.#servers[index] = this.#start(index)
      },
    })
  }

  /** @returns what the caller got: an error, or null if it was served */
  async #ask(server: RunningServer, kind: "ask" | "force"): Promise<{ call: Call; error: unknown }> {
    const call = this.watch.callStarted(server, kind)
    try {
      const token = await server.connections.getToken(account, kind === "force" ? { forceRefresh: true } : {})
      this.watch.callServed(call, token)
      return { call, error: null }
    } catch (error) {
      this.watch.callFailed(call, error)
      return { call, error }
    }
  }

  /** The API refuses a token before its time, and its caller asks for another. */
  async #askAgain(server: RunningServer): Promise<void> {
    const { connections } = server
    const refused = await connections.getToken(account).catch(() => null)
    if (!refused) return
    this.#bitbucket.refuse(refused.value)
    const call = this.watch.callStarted(server, "rejected")
    await connections.getToken(account, { rejected: refused }).then(
      (token) => this.watch.callServed(call, token),
      (error: unknown) => this.watch.callFailed(call, error),
    )
  }

  async #signIn(index: number): Promise<void> {
    this.signIns++
    const grant = { tokens: this.#bitbucket.grant(), lifetimeSeconds: LIFETIME_SECONDS, scopes: ["account"] }
    await this.#servers[index]?.connections.save(grant, account)
  }

  async #checkServed(): Promise<void> {
    for (const server of this.#servers)
      void this.#ask(server, "ask").then(({ call, error }) => {
        if (error) this.watch.checkServed(call, error)
      })
    await this.#time.runUntil(this.#time.now + PAUSE_AFTER_CYCLE_MS)
    this.watch.checkWaiting()
  }
}
