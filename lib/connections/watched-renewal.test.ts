import { trace } from "@opentelemetry/api"
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import type { Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import { obtainGrant } from "@/test/bitbucket-grant"
import { connect, createConnectionServer, letPass, secrets } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { createAccessTokens } from "./access-token"
import { withWatchedLeases } from "./watched-renewal"

const exporter = new InMemorySpanExporter()
let emulator: Emulator
let db: Database
let id: string

beforeAll(() => {
  const spanProcessors = [new SimpleSpanProcessor(exporter)]
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }))
})
afterAll(() => trace.disable())

beforeEach(async () => {
  stubEnvironment({ LOG_LEVEL: "silent" })
  emulator = await startEmulator({ port: 0 })
  ;({ db } = await createTestDatabase())
  id = await connect(db, await obtainGrant(emulator.siteUrl, "demo"))
  exporter.reset()
})

afterEach(() => emulator.close())

function createServer() {
  const { store, refresh } = createConnectionServer(db, emulator)
  return { store, ...createAccessTokens({ store: withWatchedLeases(store), refresh, secrets }) }
}

function refreshes() {
  const spans = exporter.getFinishedSpans().filter(({ name }) => name === "bitbucket.refresh")
  return spans.map(({ attributes }) => ({
    outcome: attributes["bitbucket.outcome"],
    lease: attributes["bitbucket.refresh.lease"],
    attempt: attributes["bitbucket.refresh.attempt"],
    waitMs: attributes["bitbucket.refresh.wait_ms"],
    error: attributes["error.type"],
  }))
}

test("a renewal tells that the lease was its own, at the first attempt", async () => {
  await letPass(db, -1)
  await createServer().getAccessToken(id)
  expect(refreshes()).toMatchObject([{ outcome: "renewed", lease: "taken", attempt: 1 }])
})

test("of two servers at the same moment, one tells that it waited for the other, and for how long", async () => {
  await letPass(db, -1)
  await emulator.control.changeConfig({ latency_ms: 200 })
  await Promise.all([createServer().getAccessToken(id), createServer().getAccessToken(id)])
  const [taken, waited] = refreshes().sort((a, b) => (String(a.lease) < String(b.lease) ? -1 : 1))
  expect(taken).toMatchObject({ outcome: "renewed", lease: "taken", attempt: 1 })
  expect(waited).toMatchObject({ outcome: "renewed", lease: "waited" })
  expect(waited?.attempt).toBeGreaterThan(1)
  expect(waited?.waitMs).toBeGreaterThan(100)
})

test("who comes with an old reading tells that it adopted what was there", async () => {
  await letPass(db, -1)
  const server = createServer()
  const asRead = await server.store.read(id)
  await createServer().getAccessToken(id)
  exporter.reset()
  await server.getAccessToken(id, asRead ?? undefined)
  expect(refreshes()).toMatchObject([{ outcome: "renewed", lease: "adopted", attempt: 1 }])
})

test("a failure tells whether the token still serves", async () => {
  await emulator.control.addFault({
    match: { grant_type: "refresh_token" },
    kind: "status",
    status: 503,
    times: 2,
  })
  await letPass(db, 60)
  await createServer().getAccessToken(id)
  await db.update(connection).set({ retryAt: null })
  await letPass(db, -1)
  await expect(createServer().getAccessToken(id)).rejects.toThrow("bitbucket_unavailable")
  expect(refreshes()).toMatchObject([
    { outcome: "kept", lease: "taken" },
    { outcome: "bitbucket_unavailable", lease: "taken", error: "bitbucket_unavailable" },
  ])
})
