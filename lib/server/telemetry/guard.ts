import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace-base"
import { allowedAttributes, allowedName, allowedResourceAttributes } from "./allow-list"

type Resource = ReadableSpan["resource"]
type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

const resources = new WeakMap<Resource, Resource>()

/**
 * Runs before every other processor and removes from an ended span everything that must not leave this process:
 * Next writes URLs with their query strings, including authorization codes, into names and attributes. It changes the span in
 * place, since on Vercel we cannot wrap the exporters. See docs/decisions/017-what-telemetry-may-carry.md.
 */
export const spanGuard: SpanProcessor = {
  onStart() {},
  onEnd(ended) {
    const span: Writable<ReadableSpan> = ended
    span.attributes = allowedAttributes(span.attributes)
    span.name = allowedName(span.name, span.attributes)
    span.status = { code: span.status.code }
    // Exceptions, with messages and stacks: `error.type` says enough. Links hold what others wrote.
    span.events = []
    span.links = []
    span.resource = allowedResource(span.resource)
    // Any client can send this header.
    delete span.spanContext().traceState
  },
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
}

/** The same for the same, since exporters group by it. */
function allowedResource(resource: Resource): Resource {
  const known = resources.get(resource)
  if (known) return known
  const attributes = allowedResourceAttributes(resource.attributes)
  const allowed: Resource = Object.create(resource, { attributes: { value: attributes, enumerable: true } })
  resources.set(resource, allowed)
  return allowed
}
