import type { TestInfo } from "@playwright/test"
import type { Emulator } from "bitbucket-emulator"
import { freePort } from "../scripts/server-process"
import { attributeOf, type CollectedSpan, type Collector, drawTree, startCollector } from "./collector"
import { expect, test } from "./fixtures"
import { startOwnApp } from "./own-app"
import { readProfileAgo } from "./person"
import { type Canary, leaksIn } from "./security/canaries"
import { Visitor, verifierOf } from "./security/visitor"
import { seedFor } from "./seeds"

/** Sends spans at once. */
const promptly = { OTEL_BSP_SCHEDULE_DELAY: "100" }

const secretsOfServer = [
  "AUTH_SECRET",
  "AUTH_BITBUCKET_SECRET",
  "CRON_SECRET",
  "METRICS_SECRET",
  "DATABASE_URL",
]

test("one sign-in and one refresh arrive at a collector as trees with no secret in them", async ({
  environment,
  emulator,
  database,
  storedTokens,
}, testInfo) => {
  await using collector = await startCollector()
  await using app = await startOwnApp({
    ...environment,
    ...promptly,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  })
  const { visitor, canaries } = await signInNoting(app.url, emulator, environment)
  for (const token of await storedTokens()) canaries.push({ name: "a token of the sign-in", value: token })

  const signIn = await treeWith(collector, "bitbucket.callback", "GET /api/auth/[...nextauth]", testInfo)
  const callback = signIn.only("bitbucket.callback")
  expect(signIn.above(callback)).toContain("GET /api/auth/[...nextauth]")
  expect(attributeOf(callback, "bitbucket.outcome")).toBe("signed_in")
  expect(signIn.childrenOf(callback).map(({ name }) => name)).toEqual([
    "bitbucket.request",
    "bitbucket.request",
    "bitbucket.request",
    "store.session.signIn",
  ])
  expect(signIn.calls().sort()).toEqual([
    "GET /2.0/user 200",
    "GET /2.0/user/emails 200",
    "POST /site/oauth2/access_token 200",
  ])
  const start = await treeWith(collector, "bitbucket.authorize", "GET /oauth/bitbucket/authorize", testInfo)
  expect(start.above(start.only("bitbucket.authorize"))).toContain("GET /oauth/bitbucket/authorize")

  await emulator.control.expireTokens("demo")
  await readProfileAgo(database, "1 hour")
  await visitor.send("/profile")
  await visitor.send("/workspaces/%7B00000000-1111-2222-3333-444444444444%7D?code=in-a-query")
  for (const token of await storedTokens()) canaries.push({ name: "a token of the refresh", value: token })
  const refreshing = await treeWith(collector, "bitbucket.refresh", "GET /profile", testInfo)
  const refresh = refreshing.only("bitbucket.refresh")
  expect(refreshing.above(refresh)).toContain("GET /profile")
  expect(attributeOf(refresh, "bitbucket.outcome")).toBe("refreshed")
  expect(attributeOf(refresh, "bitbucket.refresh.lease")).toBe("taken")
  expect(attributeOf(refresh, "bitbucket.refresh.attempt")).toBe(1)
  expect(attributeOf(refresh, "bitbucket.refresh.wait_ms")).toEqual(expect.any(Number))
  expect(refreshing.childrenOf(refresh).map(({ name }) => name)).toEqual([
    "store.connection.takeLease",
    "bitbucket.request",
    "store.connection.commitRefresh",
  ])

  await expect.poll(() => collector.raw()).toContain("GET /workspaces/[slug]")
  const text = collector.raw()
  expect(leaksIn(text, canaries)).toEqual([])
  expect(text).not.toMatch(
    /demo@|example\.com|Demo Person|127\.0\.0\.1|localhost|Mozilla|00000000-1111|in-a-query|[?]/i,
  )
})

test("traces go out as protobuf unless JSON is configured", async ({ environment, emulator }) => {
  await using collector = await startCollector()
  await using app = await startOwnApp({
    ...environment,
    ...promptly,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  })
  const { canaries } = await signInNoting(app.url, emulator, environment)
  await expect.poll(() => collector.raw()).toContain("store.session.signIn")
  expect(leaksIn(collector.raw(), canaries)).toEqual([])
})

test("a server sends its last spans before it exits, however seldom it sends", async ({
  environment,
  emulator,
}) => {
  await using collector = await startCollector()
  await using app = await startOwnApp({
    ...environment,
    OTEL_BSP_SCHEDULE_DELAY: "600000",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  })
  await signInNoting(app.url, emulator, environment)
  expect(collector.raw()).toBe("")
  await app[Symbol.asyncDispose]()
  expect(collector.spans().map(({ name }) => name)).toContain("bitbucket.callback")
})

test("while the collector is down people sign in as before, and the log says so once", async ({
  environment,
  emulator,
}) => {
  await using app = await startOwnApp({
    ...environment,
    ...promptly,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
  })
  const { visitor } = await signInNoting(app.url, emulator, environment)
  await expect.poll(() => app.log()).toContain("telemetry_not_delivered")
  await emulator.control.expireTokens("demo")
  expect((await visitor.send("/profile")).status).toBe(200)
  const complaints = app
    .log()
    .split("\n")
    .filter((line) => /otel|telemetry|ECONNREFUSED|otlp/i.test(line))
  expect(complaints).toEqual([expect.stringContaining('"event":"telemetry_not_delivered"')])
})

test("an uncaught error is one log line and a trace error, without its message", async ({
  environment,
  emulator,
  database,
}) => {
  await using collector = await startCollector()
  await using app = await startOwnApp({
    ...environment,
    ...promptly,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  })
  const visitor = new Visitor({ appUrl: app.url, emulator })
  await database.query("alter table connection rename to connection_away")
  const answer = await visitor
    .send("/api/cron/keep-alive?code=in-a-query", {
      headers: { authorization: `Bearer ${environment.CRON_SECRET}` },
    })
    .finally(() => database.query("alter table connection_away rename to connection"))
  expect(answer.status).toBe(500)
  await expect.poll(() => app.log()).toContain("request_failed")
  const lines = app
    .log()
    .split("\n")
    .filter((line) => line.includes("request_failed"))
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: 50,
      time: expect.any(String),
      event: "request_failed",
      request: answer.headers["x-request-id"],
      code: "database_refused",
      reason: "42P01",
      id: answer.headers["x-request-id"],
      stack: expect.any(Array),
    },
  ])
  await expect
    .poll(() => collector.spans().map((span) => attributeOf(span, "error.type")))
    .toContain(JSON.parse(lines[0] ?? "").code)
  expect(collector.raw()).not.toMatch(/session|select|delete|in-a-query/i)
})

/** Signs a person in and notes every secret involved. */
async function signInNoting(appUrl: string, emulator: Emulator, environment: Record<string, string>) {
  await emulator.control.reset(seedFor(appUrl))
  const visitor = new Visitor({ appUrl, emulator })
  const authorization = await visitor.start()
  const verifier = await verifierOf(visitor, environment.AUTH_SECRET ?? "")
  const canaries: Canary[] = secretsOfServer.map((name) => ({ name, value: environment[name] ?? "" }))
  const note = (name: string, value: string | null | undefined) => {
    expect(value, name).toBeTruthy()
    canaries.push({ name, value: value ?? "" })
  }
  note("the state", authorization.searchParams.get("state"))
  note("the challenge", authorization.searchParams.get("code_challenge"))
  note("the verifier", verifier)
  for (const value of visitor.cookies.values()) note("a cookie of the flow", value)
  const callback = await visitor.consent(authorization)
  note("the code", new URL(callback, appUrl).searchParams.get("code"))
  expect((await visitor.send(callback)).headers.location).toMatch(/\/profile$/)
  for (const value of visitor.cookies.values()) note("the session cookie", value)
  return { visitor, canaries }
}

/** Waits for the trace with this span, up to the request that caused it. */
async function treeWith(collector: Collector, name: string, request: string, testInfo: TestInfo) {
  const find = () => {
    const spans = collector.spans()
    const found = spans.find((span) => span.name === name)
    return spans.filter(({ traceId }) => traceId === found?.traceId)
  }
  await expect.poll(() => find().map((span) => span.name)).toContain(request)
  const spans = find()
  await testInfo.attach(`${name}.txt`, { body: drawTree(spans), contentType: "text/plain" })
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const above = ({ parentSpanId }: CollectedSpan): string[] => {
    const parent = byId.get(parentSpanId ?? "")
    return parent ? [parent.name, ...above(parent)] : []
  }
  return {
    /** The names of its ancestors. */
    above,
    only: (wanted: string) => {
      const all = spans.filter((span) => span.name === wanted)
      expect(all, wanted).toHaveLength(1)
      return all[0] as CollectedSpan
    },
    childrenOf: ({ spanId }: CollectedSpan) =>
      spans
        .filter(({ parentSpanId }) => parentSpanId === spanId)
        .sort((a, b) => (BigInt(a.startTimeUnixNano) < BigInt(b.startTimeUnixNano) ? -1 : 1)),
    calls: () =>
      spans
        .filter((span) => span.name === "bitbucket.request")
        .map((span) =>
          ["http.request.method", "url.template", "http.response.status_code"]
            .map((key) => attributeOf(span, key))
            .join(" "),
        ),
  }
}
