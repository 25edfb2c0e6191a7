import { SpanKind } from "@opentelemetry/api"
import { inSpan } from "./spans"

/** Runs each statement of a store in a span with its name but none of its values. */
export function tracedStore<Store extends object>(kind: "connection" | "session", store: Store): Store {
  const traced = Object.entries(store).map(
    ([operation, run]: [string, (...given: unknown[]) => Promise<unknown>]) => {
      const attributes = { "db.system.name": "postgresql", "db.operation.name": operation }
      return [
        operation,
        (...given: unknown[]) =>
          inSpan(`store.${kind}.${operation}`, () => run(...given), { kind: SpanKind.CLIENT, attributes }),
      ]
    },
  )
  return Object.fromEntries(traced)
}
