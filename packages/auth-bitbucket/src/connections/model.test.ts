import { type Emulator, startEmulator } from "bitbucket-emulator"
import fc from "fast-check"
import { afterAll, expect, onTestFinished, test } from "vitest"
import { account, refreshRequests, secret, signIn, startServer, tokenEndpoint } from "@/test/package-servers"
import { stopPooler, type TestStore, testStores } from "@/test/package-stores"
import { createRefreshGrant } from "../oauth/refresh-grant.ts"
import { TokenUnavailableError, UserAuthorizationRequiredError } from "./errors.ts"
import { unsealTokens } from "./sealed-tokens.ts"

/**
 * Random histories of one connection, lived by two servers against the emulated Bitbucket, and the same
 * histories in a model of a few lines. After each step the two must agree.
 */

const GRACE_SECONDS = 600

/** What must be true, as far as an observer outside can know. */
type Model = {
  isConnected: boolean
  /** The token has expired, or Bitbucket refuses it: the next caller has to refresh. */
  isExpired: boolean
  isRevoked: boolean
  isDown: boolean
  /** Seconds since Bitbucket retired the refresh token that we hold, because we never heard of the new one. */
  retiredForSeconds: number | null
}

type Outcome = "token" | "reauthorization_required" | "bitbucket_unavailable"

/** What a caller gets, and the state of the connection afterwards. */
function expectedOutcome(model: Model): Outcome {
  if (!model.isConnected) return "reauthorization_required"
  if (!model.isExpired) return "token"
  if (model.isDown) return "bitbucket_unavailable"
  const isDead = model.isRevoked || (model.retiredForSeconds ?? 0) > GRACE_SECONDS
  return isDead ? "reauthorization_required" : "token"
}

class System {
  readonly emulator: Emulator
  readonly store: TestStore
  readonly servers: ReturnType<typeof startServer>[]
  callsInFlight = 0
  mostCallsInFlight = 0

  constructor(store: TestStore, emulator: Emulator) {
    this.emulator = emulator
    this.store = store
    const counted: typeof fetch = async (...request) => {
      this.mostCallsInFlight = Math.max(this.mostCallsInFlight, ++this.callsInFlight)
      return fetch(...request).finally(() => this.callsInFlight--)
    }
    const oauth = { ...tokenEndpoint(emulator), fetch: counted }
    this.servers = [1, 2].map(() => startServer(store, emulator, { oauth }))
  }

  get server(): ReturnType<typeof startServer> {
    return this.servers[0] as ReturnType<typeof startServer>
  }

  async signIn(): Promise<void> {
    await signIn(this.server, this.emulator)
  }

  /** Every server is asked by some callers at once; waiting for a back-off is another test's. */
  async ask(callersPerServer: number): Promise<Outcome[]> {
    await this.endBackOff()
    const calls = this.servers.flatMap((server) =>
      Array.from({ length: callersPerServer }, () => outcomeOf(server.getToken(account))),
    )
    return Promise.all(calls)
  }

  /** A minute is longer than any back-off and any lease, and shorter than what a valid token has left. */
  async endBackOff(): Promise<void> {
    const row = await this.server.read(account)
    if (row?.retryAt || row?.isLeased) await this.store.letSecondsPass(60)
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
    if (error instanceof UserAuthorizationRequiredError) return error.code
    if (error instanceof TokenUnavailableError && error.code === "bitbucket_unavailable") return error.code
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
      const mustAsk = model.isConnected && model.isExpired
      if (!mustAsk) expect(calls).toEqual([])
      else if (expected === "token") expect(calls).toEqual([200])
      else if (expected === "reauthorization_required") expect(calls).toEqual([400])

      if (mustAsk && expected === "token") Object.assign(model, { isExpired: false, retiredForSeconds: null })
      if (mustAsk && expected === "reauthorization_required") model.isConnected = false
    },
  )

const expire = command(
  "expire",
  () => true,
  async (model, { store }) => {
    await store.letSecondsPass(7_200)
    model.isExpired = true
  },
)

const signInAgain = command(
  "sign in",
  (model) => !model.isDown,
  async (model, system) => {
    await system.signIn()
    Object.assign(model, { isConnected: true, isExpired: false, isRevoked: false, retiredForSeconds: null })
  },
)

const disconnect = command(
  "disconnect",
  (model) => model.isConnected,
  async (model, { server }) => {
    await server.disconnect(account)
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

const endOutage = command(
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
    (model) => model.isConnected && model.isExpired && expectedOutcome(model) === "token",
    async (model, system) => {
      if (how === "reply lost") {
        await system.emulator.control.addFault({
          match: { grant_type: "refresh_token" },
          kind: "drop_response",
        })
        await system.endBackOff()
        expect(await outcomeOf(system.server.getToken(account))).toBe("bitbucket_unavailable")
      } else {
        const row = await system.server.read(account)
        if (!row) throw new Error("The model says that there is a connection")
        const lease = { id: row.id, version: row.version, owner: "00000000-0000-4000-8000-000000000000" }
        await system.server.store.takeLease(lease, 15)
        const { refreshToken } = await unsealTokens(row.sealedTokens, account, [secret])
        await createRefreshGrant(tokenEndpoint(system.emulator))(refreshToken)
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

/** Whatever happens during a refresh, the end is that of the overtaker; who asks meanwhile gets either answer. */
const overtake = (by: "sign in" | "disconnect"): Command =>
  command(
    `${by} during a refresh`,
    (model) => model.isConnected && model.isExpired && !model.isDown,
    async (model, system) => {
      const asking = system.ask(3)
      if (by === "sign in") await system.signIn()
      else await system.server.disconnect(account)
      await asking
      expect(system.mostCallsInFlight).toBeLessThanOrEqual(by === "sign in" ? 2 : 1)
      const isConnected = by === "sign in"
      Object.assign(model, { isConnected, isExpired: false, isRevoked: false, retiredForSeconds: null })
    },
  )

afterAll(stopPooler)

test.each(testStores)(
  "on %s, no history of expiries, refreshes, sign-ins, disconnects, crashes, lost replies and outages makes two servers disagree with the model",
  async (_, createStore) => {
    const emulator = await startEmulator({ port: 0 })
    onTestFinished(() => emulator.close())
    const system = new System(await createStore(), emulator)
    const commands = [
      fc.integer({ min: 1, max: 6 }).map(askFor),
      fc.constantFrom(expire, signInAgain, disconnect, revoke, goDown, endOutage),
      fc.constantFrom(
        expire,
        loseAnswer("reply lost"),
        loseAnswer("holder killed"),
        letTimePass(60),
        letTimePass(700),
      ),
      fc.constantFrom(overtake("sign in"), overtake("disconnect")),
    ]
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 24, size: "max" }), async (history) => {
        await emulator.reset()
        await system.server.disconnect(account)
        const setup = async () => {
          await system.signIn()
          const model: Model = {
            isConnected: true,
            isExpired: false,
            isRevoked: false,
            isDown: false,
            retiredForSeconds: null,
          }
          return { model, real: system }
        }
        await fc.asyncModelRun(setup, history)
      }),
      { numRuns: 30, endOnFailure: false },
    )
  },
  120_000,
)
