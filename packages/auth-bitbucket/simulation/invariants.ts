import type { Connection, ConnectionStore, Lease, NewTokens } from "../src/connections/store.ts"
import type { AccessToken } from "../src/connections.ts"
import type { RefreshOutcome } from "../src/oauth/refresh-grant.ts"
import type { SimulatedBitbucket } from "./simulated-bitbucket.ts"
import { epoch, type Server, type VirtualTime } from "./virtual-time.ts"

/** What must hold in every schedule, whatever fails in it. */
export const invariants = {
  one_refresh_in_flight: "No two running servers ask Bitbucket at the same time to refresh the same tokens.",
  successor_is_used: "No server sends a refresh token whose successor is stored.",
  refresh_is_due: "No server refreshes tokens that are neither due, nor refused, nor left half refreshed.",
  pause_is_kept: "After a failure, no server asks Bitbucket before the pause ends.",
  one_refresh_per_expiry: "If nothing fails, an expiry costs one refresh.",
  served_token_is_good: "No caller gets a token that has expired or is known to be refused.",
  served_token_is_stored: "No caller gets a token that was never stored.",
  stored_is_never_older: "No refresh replaces a stored token by an older one.",
  stored_expiry_is_true:
    "No token is stored with a later expiry than Bitbucket gave it, except for the time that storing it takes.",
  received_tokens_are_stored:
    "A server that lives stores the tokens that it received, however long it takes.",
  successor_does_not_expire: "A refused token does not expire its successor.",
  ends_only_when_dead: "A connection ends only when its grant is dead.",
  grace_loses_nothing: "While Bitbucket grants a grace, only the user's own revocation ends a connection.",
  ended_stays_ended: "What was disconnected or has ended comes back only by signing in.",
  answered_in_time: "No caller waits longer than 25 seconds.",
  valid_token_is_served: "While a valid token can be read, no failure keeps it from a caller.",
  served_once_calm: "A minute after faults stop, every server serves every user whose grant is alive.",
} as const

export type Invariant = keyof typeof invariants

export type Violation = { invariant: Invariant; detail: string; atMs: number }

const LONGEST_CALL_MS = 25_000
/** No connection is due sooner before its expiry: five minutes and up to two more. */
const EARLIEST_DUE_MS = 420_000
/** A row is read, and its reply may take as long as a statement may; storing new tokens takes as long once more. */
const READING_TAKES_MS = 12_000
const FORCED_FOR_MS = 30_000

export type Call = {
  server: Server
  startedAt: number
  /** `rejected`: the caller says that Bitbucket refused its token. */
  kind: "ask" | "force" | "rejected"
  /** How often the database failed before it. */
  troubles: number
  row: Connection | null
}

/** How the simulation writes tokens: sealing is not what it is about. */
function tokensIn({ sealedTokens }: Pick<Connection, "sealedTokens">) {
  const [accessToken = "", refreshToken = ""] = sealedTokens.split(" ")
  return { accessToken, refreshToken }
}

const numberOf = (accessToken: string) => Number(accessToken.slice(1))

/** Sees everything that happens in a schedule, and notes the first thing that must not. */
export class Watch {
  violation: Violation | null = null
  /** The stored connection. */
  row: Connection | null = null
  /** Who holds the lease of it, and until when; of use only while a refresh is pending. */
  lease: { owner: string; until: number } | null = null
  refreshRequests = 0
  /** How often an exchange with the database went wrong. */
  troubles = 0
  readonly calls = new Set<Call>()
  readonly #time: VirtualTime
  readonly #bitbucket: SimulatedBitbucket
  readonly #account: string
  readonly #inFlight = new Map<string, Set<Server>>()
  /** Refresh tokens that were deleted when the user disconnected or signed in: they have no successor. */
  readonly #withoutSuccessor = new Set<string>()
  /** Every access token that was ever stored: a slow sign-in may since have replaced it by one that is older. */
  readonly #everStored = new Set<string>()
  readonly #expiredSince = new Map<string, number>()
  /** Tokens that Bitbucket issued to a server, until they reach the store. */
  readonly #notYetStored = new Map<string, Server>()
  #forcedUntil = 0

  constructor(time: VirtualTime, bitbucket: SimulatedBitbucket, account: string) {
    this.#time = time
    this.#bitbucket = bitbucket
    this.#account = account
  }

  fail(invariant: Invariant, detail: string): void {
    this.violation ??= { invariant, detail, atMs: this.#time.now }
  }

  /** The store, which observes every statement as it takes effect. */
  over(database: ConnectionStore): ConnectionStore {
    const watched = (name: string, operation: (...given: unknown[]) => Promise<unknown>) =>
      name === "read" || name === "isUnreachable"
        ? operation
        : async (...given: unknown[]) => {
            const before = this.row
            const result = await operation(...given)
            this.row = await database.read(this.#account)
            this.#executed(name, given, before, result)
            return result
          }
    const entries = Object.entries(database).map(([name, operation]) => [
      name,
      watched(name, operation as (...given: unknown[]) => Promise<unknown>),
    ])
    return Object.fromEntries(entries)
  }

  #executed(name: string, given: unknown[], before: Connection | null, result: unknown): void {
    const after = this.row
    if (after) this.#everStored.add(tokensIn(after).accessToken)
    if (name === "commitRefresh") this.#notYetStored.delete(tokensIn(given[1] as NewTokens).accessToken)
    if (before && (name === "save" || after === null))
      this.#withoutSuccessor.add(tokensIn(before).refreshToken)
    if (name === "save") return
    if (before === null && after !== null) this.fail("ended_stays_ended", `${name} brought the row back`)
    if (before?.status === "ended" && after?.status === "active")
      this.fail("ended_stays_ended", `${name} made an ended connection active`)
    if (before === null || after === null) return

    if (name === "takeLease" && result !== null) {
      const [{ owner }, leaseSeconds] = given as [Lease, number]
      this.lease = { owner, until: this.#time.now + leaseSeconds * 1_000 }
      const pauseMs = before.retryAt === null ? 0 : this.#until(before.retryAt)
      if (pauseMs > 0) this.fail("pause_is_kept", `${pauseMs} ms are left of it`)
      const isUnfinished = before.failures > 0 || before.isRefreshPending
      const isForced = this.#time.now <= this.#forcedUntil
      const remainingMs = this.#until(before.expiresAt)
      if (remainingMs > EARLIEST_DUE_MS && !isUnfinished && !isForced)
        this.fail("refresh_is_due", `${remainingMs} ms are left of its access token`)
    }
    if (name === "commitRefresh" && result !== null) {
      const [stored, next] = [before, after].map((row) => numberOf(tokensIn(row).accessToken))
      if ((next ?? 0) < (stored ?? 0)) this.fail("stored_is_never_older", `a${next} replaced a${stored}`)
      const { accessToken } = tokensIn(after)
      const lateMs = after.expiresAt.getTime() - epoch - this.#bitbucket.expiryOf(accessToken)
      if (lateMs > READING_TAKES_MS)
        this.fail("stored_expiry_is_true", `${accessToken} is stored ${lateMs} ms late`)
    }
    if (name === "end" && result === true) this.#ended(before, given[0] as Lease)
    if (name === "expireAccessToken") {
      const [id, version] = given as [string, number]
      const isExpired = after.expiresAt.getTime() !== before.expiresAt.getTime()
      if (isExpired && (before.id !== id || before.version !== version))
        this.fail("successor_does_not_expire", `version ${before.version} expired in place of ${version}`)
      if (before.id === id && before.version === version)
        this.#expiredSince.set(tokensIn(before).accessToken, this.#time.now)
    }
  }

  #until(moment: Date): number {
    return moment.getTime() - epoch - this.#time.now
  }

  #ended(before: Connection, { owner }: Lease): void {
    const { refreshToken } = tokensIn(before)
    if (this.#bitbucket.accepts(refreshToken))
      this.fail("ends_only_when_dead", `${owner} ended it while Bitbucket accepts ${refreshToken}`)
    else if (this.#bitbucket.graceMs > 0 && !this.#bitbucket.isRevoked(refreshToken))
      this.fail("grace_loses_nothing", `${owner} ended it: ${refreshToken} was retired and its grace is over`)
  }

  refreshSent(server: Server, refreshToken: string): void {
    this.refreshRequests++
    const senders = this.#inFlight.get(refreshToken) ?? new Set()
    const others = [...senders].filter(({ isAlive }) => isAlive)
    if (others.length > 0)
      this.fail(
        "one_refresh_in_flight",
        `${server.name} sends ${refreshToken} while ${others[0]?.name} waits`,
      )
    this.#inFlight.set(refreshToken, senders.add(server))
    const isSuperseded = this.row !== null && tokensIn(this.row).refreshToken !== refreshToken
    if (isSuperseded && !this.#withoutSuccessor.has(refreshToken))
      this.fail("successor_is_used", `${server.name} sends ${refreshToken}`)
  }

  refreshAnswered(server: Server, refreshToken: string, outcome: RefreshOutcome): void {
    this.#inFlight.get(refreshToken)?.delete(server)
    if (outcome.ok) this.#notYetStored.set(outcome.tokens.accessToken, server)
  }

  callStarted(server: Server, kind: Call["kind"]): Call {
    if (kind === "force") this.#forcedUntil = this.#time.now + FORCED_FOR_MS
    const { row, troubles } = this
    const call = { server, kind, row, troubles, startedAt: this.#time.now }
    this.calls.add(call)
    return call
  }

  callServed(call: Call, { value }: AccessToken): void {
    this.#settled(call)
    const { now } = this.#time
    const expiredForMs = now - this.#bitbucket.expiryOf(value)
    if (expiredForMs > READING_TAKES_MS)
      this.fail(
        "served_token_is_good",
        `${value} expired ${Math.round(expiredForMs)} ms before it was served`,
      )
    const expiredSince = this.#expiredSince.get(value)
    if (expiredSince !== undefined && expiredSince < call.startedAt)
      this.fail("served_token_is_good", `${value} was refused before the call began`)
    if (!this.#everStored.has(value)) this.fail("served_token_is_stored", `${value} was served first`)
  }

  callFailed(call: Call, error: unknown): void {
    this.#settled(call)
    const { row } = this
    const wasUndisturbed = call.troubles === this.troubles && call.kind === "ask"
    const isSameRow = row?.id === call.row?.id && row?.version === call.row?.version
    if (!row || !wasUndisturbed || !isSameRow) return
    const remainingMs = this.#until(row.expiresAt)
    if (remainingMs > 30_000 && !this.#bitbucket.isRefused(tokensIn(row).accessToken))
      this.fail("valid_token_is_served", `${(error as Error).message} with ${remainingMs} ms left`)
  }

  #settled(call: Call): void {
    this.calls.delete(call)
    const waitedMs = this.#time.now - call.startedAt
    if (waitedMs > LONGEST_CALL_MS)
      this.fail("answered_in_time", `a caller of ${call.server.name} waited ${waitedMs} ms`)
  }

  checkWaiting(): void {
    for (const { server, startedAt } of this.calls)
      if (server.isAlive && this.#time.now - startedAt > LONGEST_CALL_MS)
        this.fail("answered_in_time", `a caller of ${server.name} waits since ${startedAt} ms`)
  }

  /** A minute after the last fault. */
  checkStored(): void {
    for (const [accessToken, server] of this.#notYetStored)
      if (server.isAlive)
        this.fail("received_tokens_are_stored", `${server.name} has not stored ${accessToken}`)
    this.#notYetStored.clear()
  }

  /** A minute after the last fault. */
  checkServed(call: Call, error: unknown): void {
    const { row } = this
    const isAlive = row?.status === "active" && this.#bitbucket.accepts(tokensIn(row).refreshToken)
    if (isAlive) this.fail("served_once_calm", `${call.server.name}: ${(error as Error).message}`)
  }
}
