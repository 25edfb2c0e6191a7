import { type Emulator, startEmulator } from "bitbucket-emulator"
import { eq } from "drizzle-orm"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { askAdmission } from "@/lib/bitbucket/admission-question"
import { type Database, openDatabase } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import { obtainGrant } from "@/test/bitbucket-grant"
import { accountUuid, connect, createRestrictedServer, letMinutesPass } from "@/test/connection-server"
import { createTestDatabaseUrl } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { changeSeed, seedOfTeam } from "@/test/workspace-members"

/**
 * Random histories of one person, about whom two servers ask the emulated Bitbucket, and the same histories in a
 * model of a few lines. Time passes at Bitbucket and in the rows alike.
 */

const CHECK_MINUTES = 60
const GRACE_MINUTES = 24 * 60

type Model = {
  isMember: boolean
  /** How Bitbucket answers. `cut` is a list that does not go on and a membership that cannot be read. */
  bitbucket: "up" | "down" | "cut"
  isConnected: boolean
  minutesSinceAdmitted: number
  /** The last question had no answer, and no time has passed since. */
  isPaused: boolean
  /** Since the person left the workspace; 0 while they are in it. */
  minutesSinceLeft: number
}

class System {
  id = ""
  readonly db: Database
  readonly emulator: Emulator
  readonly servers: ReturnType<typeof createRestrictedServer>[]

  constructor(db: Database, emulator: Emulator) {
    this.db = db
    this.emulator = emulator
    this.servers = [1, 2].map(() => createRestrictedServer(db, emulator, { ask: askAdmission }))
  }

  async signIn(): Promise<void> {
    this.id = await connect(this.db, await obtainGrant(this.emulator.siteUrl, "member"))
  }

  /** Each server reads the row, as for a page, for this many requests at once. @returns the answer to each */
  async visit(callersPerServer: number): Promise<string[]> {
    const visits = this.servers.flatMap(({ accounts, admit }) =>
      Array.from({ length: callersPerServer }, async () => {
        const read = await accounts.read(accountUuid)
        return read ? ((await admit(read)).refusal ?? "served") : "signed_out"
      }),
    )
    return Promise.all(visits)
  }

  async questions(): Promise<number> {
    const requests = await this.emulator.control.listRequests()
    return requests.filter(({ path }) => path === "/2.0/user/workspaces/our-team/permission").length
  }

  async isStored(): Promise<boolean> {
    return (await this.db.$count(connection, eq(connection.id, this.id))) === 1
  }

  async setMembers(members: string[]): Promise<void> {
    await changeSeed(this.emulator, seedOfTeam(["member"], members))
  }
}

type Command = fc.AsyncCommand<Model, System>

function command(name: string, check: (model: Model) => boolean, run: Command["run"]): Command {
  return { check, run, toString: () => name }
}

const isDue = (model: Model) =>
  model.isConnected && model.minutesSinceAdmitted >= CHECK_MINUTES && !model.isPaused

/** What a question does to the model. */
function ask(model: Model): void {
  if (model.bitbucket !== "up") model.isPaused = true
  else if (model.isMember) model.minutesSinceAdmitted = 0
  else model.isConnected = false
}

const visit = (callers: number): Command =>
  command(
    `visit(${callers})`,
    () => true,
    async (model, system) => {
      const mustAsk = isDue(model)
      const before = await system.questions()
      if (mustAsk) ask(model)
      const outcomes = new Set(await system.visit(callers))

      const isServed = model.isConnected && model.minutesSinceAdmitted < GRACE_MINUTES
      if (isServed) expect([...outcomes]).toEqual(["served"])
      else if (model.isConnected) expect([...outcomes]).toEqual(["membership_unverified"])
      else for (const outcome of outcomes) expect(["not_admitted", "signed_out"]).toContain(outcome)

      const asked = (await system.questions()) - before
      if (!mustAsk) expect(asked).toBe(0)
      else if (model.bitbucket === "up") expect(asked).toBe(1)
      else expect(asked).toBeLessThanOrEqual(1)
      expect(await system.isStored()).toBe(model.isConnected)

      // The promise itself, apart from how the app keeps it.
      const canAsk = model.bitbucket === "up" && !model.isPaused
      if (isServed && !model.isMember && canAsk) expect(model.minutesSinceLeft).toBeLessThan(CHECK_MINUTES)
      if (isServed && !model.isMember) expect(model.minutesSinceLeft).toBeLessThan(GRACE_MINUTES)
      if (model.isMember && model.bitbucket === "up") expect([...outcomes]).not.toContain("not_admitted")
    },
  )

const pass = (minutes: number): Command =>
  command(
    `${minutes} min pass`,
    () => true,
    async (model, { db, emulator }) => {
      await emulator.control.advanceClock(minutes * 60_000)
      await letMinutesPass(db, minutes)
      model.minutesSinceAdmitted += minutes
      if (!model.isMember) model.minutesSinceLeft += minutes
      model.isPaused = false
    },
  )

const leave = command(
  "leave",
  ({ isMember }) => isMember,
  async (model, system) => {
    await system.setMembers([])
    Object.assign(model, { isMember: false, minutesSinceLeft: 0 })
  },
)

const join = command(
  "join",
  ({ isMember }) => !isMember,
  async (model, system) => {
    await system.setMembers(["member"])
    Object.assign(model, { isMember: true, minutesSinceLeft: 0 })
  },
)

const goDown = command(
  "Bitbucket goes down",
  ({ bitbucket }) => bitbucket !== "down",
  async (model, { emulator }) => {
    await emulator.control.clearFaults()
    await emulator.control.addFault({ match: {}, kind: "status", status: 503, times: null })
    model.bitbucket = "down"
  },
)

const cutShort = command(
  "the list is cut short",
  ({ bitbucket }) => bitbucket !== "cut",
  async (model, { emulator }) => {
    await emulator.control.clearFaults()
    await emulator.control.addFault({
      match: { path: "/2.0/user/workspaces" },
      kind: "status",
      status: 200,
      headers: { "content-type": "application/json" },
      body: '{"values": [], "size": 2, "page": 1, "pagelen": 1}',
      times: null,
    })
    await emulator.control.addFault({
      match: { path: "/2.0/user/workspaces/*" },
      kind: "status",
      status: 404,
      times: null,
    })
    model.bitbucket = "cut"
  },
)

const endOutage = command(
  "Bitbucket comes back",
  ({ bitbucket }) => bitbucket !== "up",
  async (model, { emulator }) => {
    await emulator.control.clearFaults()
    model.bitbucket = "up"
  },
)

const signIn = command(
  "sign in",
  ({ isMember, bitbucket }) => isMember && bitbucket === "up",
  async (model, system) => {
    await system.signIn()
    Object.assign(model, { isConnected: true, minutesSinceAdmitted: 0, isPaused: false })
  },
)

const dieWhileAsking = command(
  "a server dies as it asks, and a minute passes",
  isDue,
  async (model, system) => {
    await system.servers[0]?.accounts.takeAdmissionLease(system.id, CHECK_MINUTES * 60)
    await pass(1).run(model, system)
  },
)

/** Whatever the question's answer is, what overtook it decides the outcome. */
const overtake = (by: "sign in" | "disconnect") =>
  command(
    `${by} during visits`,
    (model) => isDue(model) && model.bitbucket === "up" && model.isMember,
    async (model, system) => {
      const visits = system.visit(3)
      if (by === "sign in") await system.signIn()
      else await system.servers[0]?.kept.disconnect(accountUuid)
      await visits
      const isConnected = by === "sign in"
      expect(await system.isStored()).toBe(isConnected)
      Object.assign(model, { isConnected, minutesSinceAdmitted: 0, isPaused: false })
    },
  )

let system: System
let closeAll: () => Promise<unknown>

beforeAll(async () => {
  const emulator = await startEmulator({ port: 0 })
  stubEnvironment({
    LOG_LEVEL: "silent",
    ALLOWED_WORKSPACES: "our-team",
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
  })
  const { db, close } = openDatabase(await createTestDatabaseUrl())
  system = new System(db, emulator)
  closeAll = () => Promise.all([close(), emulator.close()])
})

afterAll(() => closeAll())

test("whatever membership, outages, the clock and visits do, a person who left is never served for more than an hour or, while Bitbucket gives no answer, for more than a day; no member is put out within a day of the last answer; only Bitbucket's no deletes a connection; and Bitbucket is asked once, however many ask, and not before the hour is over", async () => {
  const commands = [
    fc.integer({ min: 1, max: 5 }).map(visit),
    fc.integer({ min: 1, max: 5 }).map(visit),
    fc.constantFrom(1, 30, 59, 60, 61, 150, 1_379, 1_439, 1_440, 1_500).map(pass),
    fc.constantFrom(leave, join, goDown, cutShort, endOutage, signIn),
    fc.constantFrom(dieWhileAsking, overtake("sign in"), overtake("disconnect")),
  ]
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 24, size: "max" }), async (history) => {
      await system.emulator.control.reset(seedOfTeam(["member"], ["member"]))
      await system.db.delete(connection)
      const setup = async () => {
        await system.signIn()
        const model: Model = {
          isMember: true,
          bitbucket: "up",
          isConnected: true,
          minutesSinceAdmitted: 0,
          isPaused: false,
          minutesSinceLeft: 0,
        }
        return { model, real: system }
      }
      await fc.asyncModelRun(setup, history)
    }),
    { numRuns: 40, endOnFailure: false },
  )
}, 120_000)
