import type { Attributes, AttributeValue } from "@opentelemetry/api"

type Rule = (value: AttributeValue) => boolean

const matches =
  (pattern: RegExp): Rule =>
  (value) =>
    typeof value === "string" && value.length <= 80 && pattern.test(value)
const isNumber: Rule = (value) => typeof value === "number" && Number.isFinite(value)
const isBoolean: Rule = (value) => typeof value === "boolean"

const word = matches(/^[a-z]+(_[a-z]+)*$/)
/** A pattern such as `/workspaces/[slug]` or `/2.0/workspaces/{workspace}`; a path with an id in it is too long. */
const route = matches(/^(\/|(\/([a-z0-9._-]{1,24}|\[{1,2}(\.{3})?[a-z]+\]{1,2}|\{[a-z]+\}|\([a-z-]+\)))+)$/i)
const spanType = matches(/^[A-Z][A-Za-z]+\.[a-z][A-Za-z]+$/)

/** The names and values that an attribute may have. All others stay in this process. */
const rules: Record<string, Rule> = {
  "http.request.method": matches(/^[A-Z]{3,7}$/),
  "http.response.status_code": isNumber,
  "http.route": route,
  "url.template": route,
  "error.type": matches(/^(\d{3}|[a-z]+(_[a-z]+)*|[A-Z][A-Za-z]*Error|Error)$/),
  "db.system.name": word,
  "db.operation.name": matches(/^[a-z][A-Za-z]{1,30}$/),
  "next.span_type": spanType,
  "next.rsc": isBoolean,
  "bitbucket.outcome": word,
  "bitbucket.refresh.lease": word,
  "bitbucket.refresh.attempt": isNumber,
  "bitbucket.refresh.wait_ms": isNumber,
}

/** Names that Next still uses, and what they are called since the conventions became stable. */
const renamed: Record<string, string> = {
  "http.method": "http.request.method",
  "http.status_code": "http.response.status_code",
  "next.route": "http.route",
}

/** The operator's name for a process. */
const ofResources = new Set([
  "service.name",
  "service.namespace",
  "service.version",
  "service.instance.id",
  "deployment.environment.name",
  "deployment.id",
  "cloud.region",
  "vcs.ref.head.revision",
  "telemetry.sdk.name",
  "telemetry.sdk.language",
  "telemetry.sdk.version",
])

const ownName =
  /^(bitbucket\.(authorize|callback|refresh|request)|store\.(connection|session)\.[a-z][A-Za-z]{1,30})$/

/** The attributes that may leave this process. */
export function allowedAttributes(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes).map(([key, value]) => [renamed[key] ?? key, value] as const)
  return Object.fromEntries(
    entries.filter(([key, value]) => value !== undefined && Object.hasOwn(rules, key) && rules[key]?.(value)),
  )
}

/** The attributes of a process that may leave it. */
export function allowedResourceAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => ofResources.has(key)))
}

/**
 * The name that a span may have: one of our own, otherwise the kind of Next's work, or the method, with the
 * route's pattern. Next's own names contain the requested paths.
 *
 * @param attributes that are allowed
 */
export function allowedName(name: string, attributes: Attributes): string {
  if (ownName.test(name)) return name
  const { "next.span_type": type, "http.request.method": method, "http.route": pattern } = attributes
  const isRequest = type === "BaseServer.handleRequest" || (type === undefined && method !== undefined)
  return [isRequest ? method : (type ?? "unnamed"), pattern].filter(Boolean).join(" ")
}
