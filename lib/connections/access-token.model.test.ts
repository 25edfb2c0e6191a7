import type { RefreshGrant } from "auth-bitbucket/oauth/refresh-grant"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { sql } from "drizzle-orm"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type Database, openDatabase } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import { obtainGrant } from "@/test/bitbucket-grant"
import { connect, createConnectionServer, refreshRequests, secrets } from "@/test/connection-server"
import { createTestDatabaseUrl } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { createAccessTokens } from "./access-token"
import { ConnectionError } from "./errors"
import { unsealTokens } from "./sealed-tokens"

/**
 * Random histories of one connection, lived by two servers against the emulated Bitbucket, and the same
 * histories in a model of a few lines. After each step the two must agree.
 */

const GRACE_SECONDS = 600

/** What must be true, as far as anybody outside can know. */
type Model = {
  isConnected: boolean
  /** The token has lapsed, or Bitbucket refuses it: the next caller has to renew. */
  isLapsed: boolean
  isRevoked: boolean
  isDown: boolean
  /** Seconds since Bitbucket retired the refresh token that we hold, because we never heard of the new one. */
  retiredForSeconds: number | null
}

type Outcome = "token" | "reauthorization_required" | "bitbucket_unavailable"

/** What a caller gets, and how it leaves the connection. */
function expectedOutcome(model: Model): Outcome {
  if (!model.isConnected) return "reauthorization_required"
  if (!model.isLapsed) return "token"
  if (model.isDown) return "bitbucket_unavailable"
  const isDead = model.isRevoked || (model.retiredForSeconds ?? 0) > GRACE_SECONDS
  return isDead ? "reauthorization_required" : "token"
}

class System {
  readonly db: Database
  readonly emulator: Emulator
  readonly servers: ReturnType<typeof createAccessTokens>[]
  readonly store: ReturnType<typeof createConnectionServer>["store"]
  readonly refresh: RefreshGrant
  id = ""
  callsInFlight = 0
  mostCallsInFlight = 0

  constructor(db: Database, emulator: Emulator) {
    const { store, refresh } = createConnectionServer(db, emulator)
    this.db = db
    this.emulator = emulator
    this.store = store
    this.refresh = refresh
    const counted: RefreshGrant = async (refreshToken) => {
      this.mostCallsInFlight = Math.max(this.mostCallsInFlight, ++this.callsInFlight)
      return refresh(refreshToken).finally(() => this.callsInFlight--)
    }
    this.servers = [1, 2].map(() => createAccessTokens({ store, refresh: counted, secrets }))
  }

  async signIn(): Promise<void> {
    this.id = await connect(this.db, await obtainGrant(this.emulator.siteUrl, "demo"))
  }

  /** Every server is asked by some callers at once; nobody waits for a back-off, which is another test's. */
  async ask(callersPerServer: number): Promise<Outcome[]> {
    await this.endBackOff()
    const calls = this.servers.flatMap((server) =>
      Array.from({ length: callersPerServer }, () => outcomeOf(server.getAccessToken(this.id))),
    )
    return Promise.all(calls)
  }

  async endBackOff(): Promise<void> {
    await this.db.update(connection).set({ retryAt: null })
  }

  async refreshStatuses(): Promise<(number | null)[]> {
    return (await refreshRequests(this.emulator)).map(({ status }) => status)
  }
}

async function outcomeOf(call: Promise<{ value: string }>): Promise<Outcome> {
  try {
    await call
    return "token"
  } catch (error) {
    if (error instanceof ConnectionError) return error.code
    throw error
  }
}

type Command = fc.AsyncCommand<Model, System>

function command(name: string, check: (model: Model) => boolean, run: Command["run"]): Command {
  return { check, run, toString: () => name }
}

const askFor = (callers: number): Command =>
  command(
    `ask(${callers})`,
    () => true,
    async (model, system) => {
      const expected = expectedOutcome(model)
      const callsBefore = (await system.refreshStatuses()).length
      system.mostCallsInFlight = 0
      expect(new Set(await system.ask(callers))).toEqual(new Set([expected]))
      expect(system.mostCallsInFlight).toBeLessThanOrEqual(1)

      const calls = (await system.refreshStatuses()).slice(callsBefore)
      const mustAsk = model.isConnected && model.isLapsed
      if (!mustAsk) expect(calls).toEqual([])
      else if (expected === "token") expect(calls).toEqual([200])
      else if (expected === "reauthorization_required") expect(calls).toEqual([400])

      if (mustAsk && expected === "token") Object.assign(model, { isLapsed: false, retiredForSeconds: null })
      if (mustAsk && expected === "reauthorization_required") model.isConnected = false
    },
  )

const lapse = command(
  "lapse",
  () => true,
  async (model, { db }) => {
    await db.update(connection).set({ issuedAt: sql`now() - interval '2 hours'`, expiresAt: sql`now()` })
    model.isLapsed = true
  },
)

const signIn = command(
  "sign in",
  (model) => !model.isDown,
  async (model, system) => {
    await system.signIn()
    Object.assign(model, { isConnected: true, isLapsed: false, isRevoked: false, retiredForSeconds: null })
  },
)

const disconnect = command(
  "disconnect",
  (model) => model.isConnected,
  async (model, { store, id }) => {
    await store.delete(id)
    model.isConnected = false
  },
)

const revoke = command(
  "revoke at Bitbucket",
  (model) => model.isConnected && !model.isRevoked,
  async (model, { emulator }) => {
    await emulator.control.revokeGrants("demo")
    Object.assign(model, { isRevoked: true })
  },
)

const goDown = command(
  "Bitbucket goes down",
  (model) => !model.isDown,
  async (model, { emulator }) => {
    await emulator.control.addFault({
      match: { path: "/site/oauth2/access_token" },
      kind: "status",
      status: 503,
      times: null,
    })
    model.isDown = true
  },
)

const comeBack = command(
  "Bitbucket comes back",
  (model) => model.isDown,
  async (model, { emulator }) => {
    await emulator.control.clearFaults()
    model.isDown = false
  },
)

/** Bitbucket has processed a refresh and we never stored the answer: a lost reply, or a holder that was killed. */
const loseAnswer = (how: "reply lost" | "holder killed"): Command =>
  command(
    how,
    (model) => model.isConnected && model.isLapsed && expectedOutcome(model) === "token",
    async (model, system) => {
      if (how === "reply lost") {
        await system.emulator.control.addFault({
          match: { grant_type: "refresh_token" },
          kind: "drop_response",
        })
        await system.endBackOff()
        expect(await outcomeOf(system.servers[0]?.getAccessToken(system.id) ?? Promise.reject())).toBe(
          "bitbucket_unavailable",
        )
      } else {
        const row = await system.store.read(system.id)
        if (!row) throw new Error("The model says that there is a connection")
        const owner = "00000000-0000-4000-8000-000000000000"
        await system.store.takeLease({ id: row.id, version: row.version, owner })
        await system.refresh((await unsealTokens(row.sealedTokens, row.accountUuid, secrets)).refreshToken)
        await system.db.update(connection).set({ leaseUntil: sql`now()` })
      }
      model.retiredForSeconds ??= 0
    },
  )

const letTimePass = (seconds: number): Command =>
  command(
    `${seconds} s pass at Bitbucket`,
    () => true,
    async (model, { emulator }) => {
      await emulator.control.advanceClock(seconds * 1_000)
      if (model.retiredForSeconds !== null) model.retiredForSeconds += seconds
    },
  )

/** Whatever happens during a renewal, the end is that of the overtaker; who asks meanwhile gets either answer. */
const overtake = (by: "sign in" | "disconnect"): Command =>
  command(
    `${by} during a renewal`,
    (model) => model.isConnected && model.isLapsed && !model.isDown,
    async (model, system) => {
      const asking = system.ask(3)
      if (by === "sign in") await system.signIn()
      else await system.store.delete(system.id)
      await asking
      expect(system.mostCallsInFlight).toBeLessThanOrEqual(by === "sign in" ? 2 : 1)
      const isConnected = by === "sign in"
      Object.assign(model, { isConnected, isLapsed: false, isRevoked: false, retiredForSeconds: null })
    },
  )

let system: System
let closeAll: () => Promise<unknown>

beforeAll(async () => {
  stubEnvironment({ LOG_LEVEL: "silent" })
  const emulator = await startEmulator({ port: 0 })
  const { db, close } = openDatabase(await createTestDatabaseUrl())
  system = new System(db, emulator)
  closeAll = () => Promise.all([close(), emulator.close()])
})

afterAll(() => closeAll())

test("no history of expiries, renewals, sign-ins, disconnects, crashes, lost replies and outages makes two servers disagree with the model", async () => {
  const commands = [
    fc.integer({ min: 1, max: 6 }).map(askFor),
    fc.constantFrom(lapse, signIn, disconnect, revoke, goDown, comeBack),
    fc.constantFrom(
      lapse,
      loseAnswer("reply lost"),
      loseAnswer("holder killed"),
      letTimePass(60),
      letTimePass(700),
    ),
    fc.constantFrom(overtake("sign in"), overtake("disconnect")),
  ]
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 24, size: "max" }), async (history) => {
      await system.emulator.reset()
      await system.db.delete(connection)
      const setup = async () => {
        await system.signIn()
        const model: Model = {
          isConnected: true,
          isLapsed: false,
          isRevoked: false,
          isDown: false,
          retiredForSeconds: null,
        }
        return { model, real: system }
      }
      await fc.asyncModelRun(setup, history)
    }),
    { numRuns: 60, endOnFailure: false },
  )
}, 120_000)
