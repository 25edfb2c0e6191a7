import { sealTokens } from "auth-bitbucket/connections"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { sql } from "drizzle-orm"
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest"
import { askAdmission } from "@/lib/bitbucket/admission-question"
import type { Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import { obtainGrant } from "@/test/bitbucket-grant"
import {
  accountUuid,
  connect,
  createRestrictedServer,
  letMinutesPass,
  letPass,
  refreshRequests,
  secrets,
} from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { changeSeed, seedOfTeam } from "@/test/workspace-members"

// The environment is read once, so all tests share the emulator that it names.
const emulator: Emulator = await startEmulator({ port: 0 })
stubEnvironment({
  LOG_LEVEL: "silent",
  ALLOWED_WORKSPACES: "our-team",
  BITBUCKET_SITE_URL: emulator.siteUrl,
  BITBUCKET_API_URL: emulator.apiUrl,
})

afterAll(() => emulator.close())

let db: Database
let id: string
let server: ReturnType<typeof createRestrictedServer>

beforeEach(async () => {
  await emulator.control.reset(seedOfTeam(["member"], ["member"]))
  ;({ db } = await createTestDatabase())
  id = await connect(db, await obtainGrant(emulator.siteUrl, "member"))
  server = createRestrictedServer(db, emulator, { ask: askAdmission })
  await emulator.control.clearRequests()
})

async function visit({ accounts, admit } = server): Promise<string> {
  const known = await accounts.read(accountUuid)
  return known ? ((await admit(known)).refusal ?? "served") : "signed_out"
}

async function questions(): Promise<number> {
  return (await emulator.control.listRequests()).filter(({ path }) => path.endsWith("/permission")).length
}

const hang = () => emulator.control.addFault({ match: { origin: "api" }, kind: "hang", times: null })

describe("within the bound", () => {
  test("the server does not ask, whatever Bitbucket would say", async () => {
    await changeSeed(emulator, seedOfTeam(["member"], []))
    await letMinutesPass(db, 59)
    expect(await visit()).toBe("served")
    expect(await emulator.control.listRequests()).toEqual([])
  })

  test("the answer costs no query besides the one that read the row", async () => {
    const known = await server.accounts.read(accountUuid)
    const read = vi.spyOn(server.accounts, "read")
    const lease = vi.spyOn(server.accounts, "takeAdmissionLease")
    expect(known && (await server.admit(known))).toEqual({ connection: known, refusal: null })
    expect(read).not.toHaveBeenCalled()
    expect(lease).not.toHaveBeenCalled()
  })
})

describe("after the bound", () => {
  beforeEach(() => letMinutesPass(db, 61))

  test("fifty requests on each of two servers ask once, and all get the answer", async () => {
    const servers = [server, createRestrictedServer(db, emulator, { ask: askAdmission })]
    const visits = servers.flatMap((one) => Array.from({ length: 50 }, () => visit(one)))
    expect(new Set(await Promise.all(visits))).toEqual(new Set(["served"]))
    expect(await questions()).toBe(1)
    await visit()
    expect(await questions(), "and not again").toBe(1)
  })

  test("a token that has to be refreshed first is refreshed once, and one question is asked", async () => {
    await letPass(db, -1)
    expect(await Promise.all(Array.from({ length: 10 }, () => visit()))).toEqual(Array(10).fill("served"))
    expect(await questions()).toBe(1)
    expect(await refreshRequests(emulator)).toHaveLength(1)
  })

  test("a person who has left is refused, and the connection is deleted", async () => {
    await changeSeed(emulator, seedOfTeam(["member"], []))
    expect(await visit()).toBe("not_admitted")
    expect(await server.accounts.read(accountUuid)).toBeNull()
  })

  test("the answer no deletes the tokens that asked, and not those of a sign-in in the meantime", async () => {
    const slow = createRestrictedServer(db, emulator, {
      ask: async () => {
        await connect(db, await obtainGrant(emulator.siteUrl, "member"))
        return { verdict: "not_admitted", rule: "workspace" }
      },
    })
    expect(await visit(slow)).toBe("served")
    expect(await server.accounts.read(accountUuid)).toMatchObject({ version: 2 })
  })

  test("the server asks about a connection of OAuth 1.0a too, with its signed calls", async () => {
    const { accessToken } = await obtainGrant(emulator.siteUrl, "member")
    const signed: string[] = []
    const signerOf = () => (_: string, url: string) => {
      signed.push(url)
      return `Bearer ${accessToken}`
    }
    const tokens = { accessToken: "token", refreshToken: "", tokenSecret: "secret" }
    await db.update(connection).set({
      kind: "oauth1",
      sealedTokens: await sealTokens(tokens, accountUuid, secrets),
      expiresAt: sql`now() + interval '10 years'`,
    })
    const legacySignIn = () => ({ path: "/" as const, signerOf })
    const older = createRestrictedServer(db, emulator, { ask: askAdmission, legacySignIn })
    expect(await visit(older)).toBe("served")
    expect(signed).toEqual([`${emulator.apiUrl}/2.0/user/workspaces/our-team/permission`])
    await changeSeed(emulator, seedOfTeam(["member"], []))
    await letMinutesPass(db, 61)
    expect(await visit(older)).toBe("not_admitted")
    expect(await older.accounts.read(accountUuid)).toBeNull()
  })
})

describe("a question that Bitbucket does not answer", () => {
  test("delays no page by more than five seconds, and lets the person in within the grace", async () => {
    await letMinutesPass(db, 61)
    await hang()
    const startedAt = performance.now()
    const visits = [server, createRestrictedServer(db, emulator, { ask: askAdmission })].map((one) =>
      visit(one),
    )
    expect(await Promise.all(visits)).toEqual(["served", "served"])
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  test("is not repeated immediately: the next views do not wait", async () => {
    await letMinutesPass(db, 61)
    await emulator.control.addFault({ match: { origin: "api" }, kind: "status", status: 503, times: null })
    await visit()
    const before = await emulator.control.listRequests()
    expect(await Promise.all(Array.from({ length: 5 }, () => visit()))).toEqual(Array(5).fill("served"))
    expect(await emulator.control.listRequests()).toEqual(before)
  })

  test.each([
    [23 * 60, "served"],
    [25 * 60, "membership_unverified"],
  ])(
    "%i minutes after the last answer means %s, deletes nothing, and passes by itself",
    async (ago, outcome) => {
      await emulator.control.advanceClock(ago * 60_000)
      await letMinutesPass(db, ago)
      await emulator.control.addFault({ match: {}, kind: "status", status: 503, times: null })
      expect(await visit()).toBe(outcome)
      expect(await db.$count(connection)).toBe(1)
      await emulator.control.clearFaults()
      await letMinutesPass(db, 1)
      expect(await visit()).toBe("served")
    },
  )

  test("is written down with its reason, and forgotten with the next answer", async () => {
    const failure = async () =>
      (await db.select({ why: connection.admissionFailure }).from(connection))[0]?.why
    await letMinutesPass(db, 61)
    await emulator.control.addFault({ match: { origin: "api" }, kind: "status", status: 410, times: null })
    await visit()
    expect(await failure()).toBe("endpoint_removed")
    await emulator.control.clearFaults()
    await letMinutesPass(db, 1)
    await visit()
    expect(await failure()).toBeNull()
  })

  test("with a 401 that is not about the token is a refusal, and the token stays", async () => {
    await letMinutesPass(db, 61)
    const path = "/2.0/user/workspaces*"
    await emulator.control.addFault({ match: { path }, kind: "status", status: 401, times: null })
    expect(await visit()).toBe("served")
    const [row] = await db.select().from(connection)
    expect(row).toMatchObject({ admissionFailure: "forbidden", version: 1, status: "active" })
  })

  test("after a refresh changes nothing either", async () => {
    await letPass(db, -1)
    await emulator.control.addFault({ match: { origin: "api" }, kind: "status", status: 404, times: null })
    await server.kept.getToken(accountUuid)
    expect(await server.accounts.read(accountUuid)).toMatchObject({ status: "active", version: 2 })
  })

  test("because a server died while asking is asked by another server once the lease has ended", async () => {
    await letMinutesPass(db, 61)
    await server.accounts.takeAdmissionLease(id, 3_600)
    const waiting = visit()
    await letMinutesPass(db, 1)
    expect(await waiting).toBe("served")
    expect(await questions()).toBe(1)
  })
})

describe("a grant that has ended", () => {
  test("no longer gives its user access once its token has expired, even in a deployment that admits every user", async () => {
    await db.update(connection).set({ status: "dead" })
    expect(await visit()).toBe("served")
    await letPass(db, -1)
    expect(await visit()).toBe("connection_ended")
  })

  test("is noticed by the question", async () => {
    await letMinutesPass(db, 61)
    await emulator.control.revokeGrants("member")
    expect(await visit()).toBe("connection_ended")
  })
})
