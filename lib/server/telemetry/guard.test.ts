import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api"
import { resourceFromAttributes } from "@opentelemetry/resources"
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { expect, test } from "vitest"
import { spanGuard } from "./guard"

const secret = "aVery-Secret_Code.0123456789abcdef"
const resource = resourceFromAttributes({ "service.name": "app", "host.name": secret })

test("Next's span for a callback goes out without the callback's parameters", () => {
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

test("a trace state that came with a request does not go out", () => {
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
