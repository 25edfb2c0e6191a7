import { AsyncLocalStorage } from "node:async_hooks"
import { once } from "node:events"
import { type Context, type ContextManager, context, ROOT_CONTEXT, trace } from "@opentelemetry/api"
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import type { ConnectionsOptions } from "auth-bitbucket/connections"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { db as appDatabase, type Database } from "@/lib/db/client"
import { activity, connection } from "@/lib/db/schema"
import { obtainGrant } from "@/test/bitbucket-grant"
import { accountUuid, connect, createConnectionServer, letPass } from "@/test/connection-server"
import { createTestDatabaseUrl } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { inRefreshSpan, recordConnectionEvent } from "./connection-events"

const exporter = new InMemorySpanExporter()

const contexts = new AsyncLocalStorage<Context>()
/** As `@vercel/otel` sets one up: code that runs in a span knows it. */
const contextManager: ContextManager = {
  active: () => contexts.getStore() ?? ROOT_CONTEXT,
  with: (active, run, self, ...given) => contexts.run(active, () => run.call(self, ...given)),
  bind: (_, target) => target,
  enable: () => contextManager,
  disable: () => contextManager,
}
let emulator: Emulator
let db: Database

beforeAll(async () => {
  // The activity goes to the app's own database.
  stubEnvironment({ LOG_LEVEL: "silent", DATABASE_URL: await createTestDatabaseUrl() })
  db = appDatabase()
  const spanProcessors = [new SimpleSpanProcessor(exporter)]
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }))
  context.setGlobalContextManager(contextManager)
})
afterAll(() => {
  trace.disable()
  context.disable()
})

beforeEach(async () => {
  emulator = await startEmulator({ port: 0 })
  await db.delete(connection)
  await db.delete(activity)
  await connect(db, await obtainGrant(emulator.siteUrl, "demo"))
  exporter.reset()
})

afterEach(() => emulator.close())

const createServer = (changes: Partial<ConnectionsOptions> = {}) =>
  createConnectionServer(db, emulator, {
    onEvent: recordConnectionEvent,
    aroundRefresh: inRefreshSpan,
    ...changes,
  })

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

test("a refresh reports that it held the lease, at the first attempt", async () => {
  await letPass(db, -1)
  await createServer().getToken(accountUuid)
  expect(refreshes()).toMatchObject([{ outcome: "refreshed", lease: "taken", attempt: 1 }])
})

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort")
}

test("of two servers at the same moment, one reports that it waited for the other, and for how long", async () => {
  await letPass(db, -1)
  const { store, refresh } = createServer()
  const [asked, triedThrice] = [new AbortController(), new AbortController()]
  let attempts = 0
  const refreshing = createServer({
    oauth: async (...given) => {
      asked.abort()
      await aborted(triedThrice.signal)
      return refresh(...given)
    },
  })
  const waiting = createServer({
    store: {
      ...store,
      takeLease(...given) {
        if (++attempts === 3) triedThrice.abort()
        return store.takeLease(...given)
      },
    },
  })
  const asRead = await waiting.read(accountUuid)
  const refreshed = refreshing.getToken(accountUuid)
  await aborted(asked.signal)
  await Promise.all([refreshed, waiting.getToken(asRead ?? accountUuid)])
  const [taken, waited] = refreshes().sort((a, b) => (String(a.lease) < String(b.lease) ? -1 : 1))
  expect(taken).toMatchObject({ outcome: "refreshed", lease: "taken", attempt: 1 })
  expect(waited).toMatchObject({ outcome: "refreshed", lease: "waited" })
  expect(waited?.attempt).toBeGreaterThan(1)
  expect(waited?.waitMs).toBeGreaterThan(100)
})

test("a refresh of an outdated row reports that it adopted the newer tokens", async () => {
  await letPass(db, -1)
  const server = createServer()
  const asRead = await server.read(accountUuid)
  await createServer().getToken(accountUuid)
  exporter.reset()
  await server.getToken(asRead ?? accountUuid)
  expect(refreshes()).toMatchObject([{ outcome: "refreshed", lease: "adopted", attempt: 1 }])
})

test("a failure says whether the token is still valid", async () => {
  await emulator.control.addFault({
    match: { grant_type: "refresh_token" },
    kind: "status",
    status: 503,
    times: 2,
  })
  await letPass(db, 60)
  await createServer().getToken(accountUuid)
  await db.update(connection).set({ retryAt: null })
  await letPass(db, -1)
  await expect(createServer().getToken(accountUuid)).rejects.toThrow("bitbucket_unavailable")
  expect(refreshes()).toMatchObject([
    { outcome: "kept", lease: "taken" },
    { outcome: "bitbucket_unavailable", lease: "taken", error: "bitbucket_unavailable" },
  ])
})

test("the statements of a refresh are steps of it, and the person's activity says that it happened", async () => {
  await letPass(db, -1)
  await createServer().getToken(accountUuid)
  const spans = exporter.getFinishedSpans()
  const refresh = spans.find(({ name }) => name === "bitbucket.refresh")
  const steps = spans.filter(
    ({ parentSpanContext }) => parentSpanContext?.spanId === refresh?.spanContext().spanId,
  )
  expect(steps.map(({ name }) => name)).toEqual([
    "store.connection.takeLease",
    "store.connection.commitRefresh",
  ])
  expect(steps[0]?.attributes).toEqual({
    "db.system.name": "postgresql",
    "db.operation.name": "takeLease",
  })
  const entries = await db.select({ account: activity.accountUuid, kind: activity.kind }).from(activity)
  expect(entries).toEqual([{ account: accountUuid, kind: "renewed" }])
})
