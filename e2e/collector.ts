import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

type Attribute = { key: string; value: Record<string, unknown> }

export type CollectedSpan = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  attributes: Attribute[]
  startTimeUnixNano: string
}

/** An OpenTelemetry collector that keeps the OTLP JSON it receives. */
export type Collector = {
  url: string
  spans: () => CollectedSpan[]
  /** Every byte it received. */
  raw: () => string
  [Symbol.asyncDispose]: () => Promise<void>
}

/** @see https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export async function startCollector(): Promise<Collector> {
  const bodies: { path: string; text: string }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      bodies.push({ path: request.url ?? "", text: Buffer.concat(chunks).toString("utf8") })
      response.setHeader("content-type", "application/json")
      response.end("{}")
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const read = (path: string) =>
    bodies.filter((body) => body.path === path).map(({ text }) => JSON.parse(text))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () =>
      read("/v1/traces").flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: CollectedSpan[] }[] }) =>
          scopeSpans.flatMap(({ spans }) => spans),
        ),
      ),
    raw: () => bodies.map(({ text }) => text).join("\n"),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The value of an attribute, whatever its type on the wire. */
export function attributeOf({ attributes }: CollectedSpan, key: string): unknown {
  const value = attributes.find((attribute) => attribute.key === key)?.value
  return value && Object.values(value)[0]
}

/** The traces of spans, one line per span, indented below its parent and in the order in which they began. */
export function drawTree(spans: readonly CollectedSpan[]): string {
  const known = new Set(spans.map(({ spanId }) => spanId))
  const ordered = [...spans].sort((a, b) =>
    BigInt(a.startTimeUnixNano) < BigInt(b.startTimeUnixNano) ? -1 : 1,
  )
  const draw = (span: CollectedSpan, depth: number): string[] => [
    "  ".repeat(depth) + span.name + labelsOf(span),
    ...ordered
      .filter(({ parentSpanId }) => parentSpanId === span.spanId)
      .flatMap((child) => draw(child, depth + 1)),
  ]
  return ordered
    .filter(({ parentSpanId }) => !parentSpanId || !known.has(parentSpanId))
    .flatMap((root) => draw(root, 0))
    .join("\n")
}

function labelsOf({ attributes }: CollectedSpan): string {
  const own = attributes.filter(({ key }) => !key.startsWith("next.") && !key.startsWith("db."))
  return own.map(({ key, value }) => ` ${key}=${Object.values(value)[0]}`).join("")
}
