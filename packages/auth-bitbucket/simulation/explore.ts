import { createHash } from "node:crypto"
import { type Violation, Watch } from "./invariants.ts"
import { type Fate, refreshGrantOver, storeOver, type Weather } from "./network.ts"
import { plainVault } from "./plain-vault.ts"
import type { Library } from "./run-schedule.ts"
import { LIFETIME_SECONDS, SimulatedBitbucket } from "./simulated-bitbucket.ts"
import { clockOf, epoch, type Pending, type Server, VirtualTime } from "./virtual-time.ts"

/** What may happen around one expiry, and how often. */
export type Bounds = {
  servers: number
  crashes: number
  lostReplies: number
  /** How often five seconds may pass while a message is on its way. */
  delays: number
}

export type Exploration = {
  violation: (Violation & { steps: string[] }) | null
  states: number
  transitions: number
  /** States in which every caller has its answer and nothing is in progress. */
  ends: number
}

const account = "{11111111-2222-4333-8444-555555555555}"
/** Every wait takes a whole number of these, which keeps the order of all time limits. */
const GRANULARITY_MS = 5_000

/**
 * Explores every order in which one expiry may go: messages arrive in any order and as late as they like, servers are
 * killed between any two steps, and replies are lost, as far as the bounds allow. A state is never explored twice.
 *
 * @param limit gives up after this many transitions
 */
export async function explore(
  library: Library,
  bounds: Bounds,
  limit = Number.POSITIVE_INFINITY,
): Promise<Exploration> {
  const seen = new Set<string>()
  const found: Exploration = { violation: null, states: 0, transitions: 0, ends: 0 }
  const open: number[][] = [[]]
  for (let path = open.pop(); path; path = open.pop()) {
    if (found.transitions >= limit) throw new Error(`There is more than ${limit} transitions to explore`)
    const moment = await replay(library, bounds, path)
    found.transitions++
    if (moment.watch.violation) {
      return { ...found, violation: moment.violation() }
    }
    const key = moment.key()
    if (seen.has(key)) continue
    seen.add(key)
    found.states++
    const choices = moment.choices().length
    if (choices === 0) {
      found.ends++
      await moment.recover()
      if (moment.watch.violation) {
        return { ...found, violation: moment.violation() }
      }
    }
    for (let choice = 0; choice < choices; choice++) open.push([...path, choice])
  }
  return found
}

async function replay(library: Library, bounds: Bounds, path: readonly number[]): Promise<Moment> {
  const moment = new Moment(library, bounds)
  await moment.begin()
  for (const choice of path) await moment.choose(choice)
  return moment
}

type Choice = { name: string; take: () => Promise<void> }

const fair: Fate = { outcome: "answered", requestMs: 0, replyMs: 0, mayTakeLonger: true }
const weather: Weather = { database: () => fair, bitbucket: () => fair }

/** One state of one expiry, reached by one order of events. */
class Moment {
  readonly watch: Watch
  readonly steps: string[] = []
  readonly #time = new VirtualTime()
  readonly #bitbucket = new SimulatedBitbucket(() => this.#time.now, 600)
  readonly #database: ReturnType<Library["createMemoryStore"]>
  readonly #library: Library
  readonly #servers: Server[] = []
  readonly #histories = new Map<Server, string[]>()
  readonly #answers = new Map<Server, string>()
  readonly #bounds: Bounds
  #crashes: number
  #lostReplies: number
  #delays: number

  constructor(library: Library, bounds: Bounds) {
    this.#library = library
    this.#bounds = bounds
    this.#crashes = bounds.crashes
    this.#lostReplies = bounds.lostReplies
    this.#delays = bounds.delays
    this.watch = new Watch(this.#time, this.#bitbucket, account)
    this.#database = this.watch.over(
      library.createMemoryStore({ now: () => epoch + this.#time.now, newId: () => account.slice(1, -1) }),
    )
  }

  /** A user is signed in, the token has expired, and each server has a caller. */
  async begin(): Promise<void> {
    const { accessToken, refreshToken } = this.#bitbucket.grant()
    await this.#database.save(account, {
      sealedTokens: `${accessToken} ${refreshToken}`,
      lifetimeSeconds: LIFETIME_SECONDS,
      scopes: [],
    })
    await this.#time.runUntil(LIFETIME_SECONDS * 1_000 + 1_000)
    for (let index = 0; index < this.#bounds.servers; index++) this.#start(index)
    await this.#time.settle()
  }

  /** What must not be, and all that led to it. */
  violation(): Exploration["violation"] {
    return this.watch.violation && { ...this.watch.violation, steps: this.steps }
  }

  async choose(index: number): Promise<void> {
    const choice = this.choices()[index]
    if (!choice) throw new Error("A path leads nowhere: the same steps did not lead to the same state")
    this.steps.push(choice.name)
    await choice.take()
  }

  choices(): Choice[] {
    const pending = this.#time.pending()
    const messages = pending.filter(({ kind }) => kind === "message")
    const timer = pending.find(({ kind }) => kind === "timer")
    const choices = messages.map((message) => this.#run(message))
    if (timer && (messages.length === 0 || this.#delays > 0))
      choices.push(this.#pass(timer, messages.length > 0))
    if (this.#lostReplies > 0)
      choices.push(...messages.filter(({ server }) => server).map((reply) => this.#lose(reply)))
    if (this.#crashes > 0 && pending.length > 0)
      choices.push(...this.#servers.filter(({ isAlive }) => isAlive).map((server) => this.#crash(server)))
    return choices
  }

  #run(pending: Pending): Choice {
    const { server, at, label } = pending
    const name = `${server?.name ?? ""} ${label()}`
    return {
      name,
      take: async () => {
        this.#time.now = Math.max(this.#time.now, at)
        if (server) this.#histories.get(server)?.push(`${this.#time.now} ${name}`)
        await this.#time.run(pending)
        this.watch.checkWaiting()
      },
    }
  }

  /** Time passes, though messages may still be on their way. */
  #pass(timer: Pending, isDelay: boolean): Choice {
    const { name, take } = this.#run(timer)
    return {
      name,
      take: () => {
        if (isDelay) {
          this.#delays--
          this.watch.troubles++
        }
        return take()
      },
    }
  }

  #lose(reply: Pending): Choice {
    return {
      name: `${reply.label()} is lost`,
      take: async () => {
        this.#lostReplies--
        this.watch.troubles++
        this.#time.cancel(reply)
      },
    }
  }

  /** The server stays down: its callers are gone, and the other servers continue without it. */
  #crash(server: Server): Choice {
    return {
      name: `${server.name} is killed`,
      take: async () => {
        this.#crashes--
        server.isAlive = false
      },
    }
  }

  #start(index: number): void {
    const server: Server = { name: String(index), isAlive: true }
    this.#servers[index] = server
    this.#histories.set(server, [])
    const link = { time: this.#time, server, weather: () => weather }
    let attempts = 0
    const connections = this.#library.createConnections({
      store: storeOver(link, this.#database),
      oauth: refreshGrantOver(link, this.#bitbucket, this.watch),
      secrets: plainVault,
      clock: clockOf(this.#time, server, 0, GRANULARITY_MS),
      random: () => 0,
      newId: () => `${server.name} ${attempts++}`,
    })
    const call = this.watch.callStarted(server, "ask")
    connections.getToken(account).then(
      (token) => {
        this.watch.callServed(call, token)
        this.#answers.set(server, token.value)
      },
      (error: unknown) => {
        this.watch.callFailed(call, error)
        this.#answers.set(server, (error as Error).message)
      },
    )
  }

  /** Everything that decides what can happen from here on: states with the same key have the same future. */
  key(): string {
    const { now } = this.#time
    const pending = this.#time.pending()
    const servers = this.#servers.map((server) => {
      if (!server.isAlive) return "killed"
      const isBusy = pending.some((one) => one.server === server)
      const answer = this.#answers.get(server)
      return answer !== undefined && !isBusy ? answer : this.#histories.get(server)
    })
    const { row } = this.watch
    const state = [
      now,
      row && [
        row.sealedTokens,
        row.version,
        row.status,
        row.failures,
        row.retryAt,
        row.expiresAt,
        row.isRefreshPending,
      ],
      row?.isRefreshPending ? this.watch.lease : null,
      this.#bitbucket.describe(),
      this.#crashes,
      this.#lostReplies,
      this.#delays,
      servers,
      pending
        .map(({ server, at, label }) => [server?.name, at, label()])
        .map(String)
        .sort(),
    ]
    return createHash("md5").update(JSON.stringify(state)).digest("base64")
  }

  /** Whatever was lost, a new server that meets no faults serves the user while Bitbucket's grace period lasts. */
  async recover(): Promise<void> {
    const index = this.#servers.length
    await this.#time.runUntil(this.#time.now + 60_000)
    this.#start(index)
    const server = this.#servers[index]
    await this.#time.runUntil(this.#time.now + 30_000)
    const answer = server && this.#answers.get(server)
    if (!answer?.startsWith("a")) this.watch.fail("served_once_calm", `a new server got ${answer}`)
  }
}
