import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api"
import { resourceFromAttributes } from "@opentelemetry/resources"
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics"
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { expect, test } from "vitest"
import { guardedExporter, spanGuard } from "./guard"
import { SCOPE } from "./spans"

const secret = "aVery-Secret_Code.0123456789abcdef"
const resource = resourceFromAttributes({ "service.name": "app", "host.name": secret })

test("of a span that Next made of a callback, nothing goes out that the callback was asked with", () => {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    resource,
    spanProcessors: [spanGuard, new SimpleSpanProcessor(exporter)],
  })
  const parent = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: TraceFlags.SAMPLED,
  })
  const span = provider.getTracer("next.js").startSpan(
    `GET /api/auth/callback/bitbucket?code=${secret}`,
    {
      attributes: {
        "next.span_type": "BaseServer.handleRequest",
        "http.method": "GET",
        "http.target": `/api/auth/callback/bitbucket?code=${secret}`,
        "http.route": "/api/auth/callback/bitbucket",
      },
      links: [
        {
          context: { traceId: "1".repeat(32), spanId: "1".repeat(16), traceFlags: 1 },
          attributes: { secret },
        },
      ],
    },
    parent,
  )
  span.recordException(new Error(`No token for ${secret}`))
  span.addEvent(secret, { secret })
  span.setStatus({ code: SpanStatusCode.ERROR, message: secret })
  span.end()

  const [sent] = exporter.getFinishedSpans()
  expect(sent).toMatchObject({
    name: "GET /api/auth/callback/bitbucket",
    status: { code: SpanStatusCode.ERROR },
    events: [],
    links: [],
  })
  expect(sent?.parentSpanContext?.spanId).toBe("b7ad6b7169203331")
  expect(sent?.resource.attributes).toEqual({ "service.name": "app" })
  const { name, attributes, status, events, links } = sent ?? {}
  expect(JSON.stringify({ name, attributes, status, events, links })).not.toContain(secret)
})

test("a trace state that a request brought along does not go out", () => {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [spanGuard, new SimpleSpanProcessor(exporter)] })
  const traceState = {
    serialize: () => secret,
    get: () => secret,
    set: () => traceState,
    unset: () => traceState,
  }
  const parent = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: TraceFlags.SAMPLED,
    traceState,
  })
  provider.getTracer("next.js").startSpan("GET", {}, parent).end()
  expect(exporter.getFinishedSpans()[0]?.spanContext().traceState).toBeUndefined()
})

test("of measurements only this app's go out, by what they may be told apart by", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: guardedExporter(exporter) })
  const provider = new MeterProvider({ resource, readers: [reader] })
  provider
    .getMeter(SCOPE)
    .createCounter("bitbucket.sign_ins")
    .add(1, { "bitbucket.outcome": "signed_in", secret })
  provider.getMeter("another").createCounter("requests").add(1, { "url.full": secret })
  await provider.forceFlush()
  await provider.shutdown()

  const [sent] = exporter.getMetrics()
  const measured = sent?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? []
  expect(measured.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.length])).toEqual([
    ["bitbucket.sign_ins", 1],
  ])
  expect(measured[0]?.dataPoints[0]?.attributes).toEqual({ "bitbucket.outcome": "signed_in" })
  expect(sent?.resource.attributes).toEqual({ "service.name": "app" })
})
