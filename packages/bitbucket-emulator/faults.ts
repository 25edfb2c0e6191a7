import { validateHeaderName, validateHeaderValue } from "node:http"
import { z } from "zod"
import type { Identity } from "./identify.ts"
import { seededFractions } from "./randomness.ts"
import type { ReceivedRequest } from "./received-request.ts"
import { replyVariants } from "./reply-variants.ts"

const faultKinds = [
  /** Sends the given status, headers and body; Bitbucket does not see the request. */
  "status",
  /** An HTML page instead of JSON, as an edge server sends in an outage. */
  "html",
  /** Processed immediately, answered `delay_ms` late, as with every kind that processes the request. */
  "delay",
  /** Processed; the body trickles out over `delay_ms`. */
  "slow_body",
  /** Not a byte until a reset, the removal of the fault or the end of the emulator. */
  "hang",
  /** Resets the connection before the request is processed. */
  "reset",
  /** Closes the connection without a byte. */
  "empty",
  /** Processed; the connection breaks in the middle of the body. */
  "truncate",
  /** Processed; the body does not match its content type. */
  "malformed",
  /** Processed; the response has the shape that `variant` names. */
  "variant",
  /** A small body that inflates to `size_bytes`. */
  "gzip_bomb",
  /** Processed, and the response lost: with rotation on, the classic way to lose a connection. */
  "drop_response",
] as const

export type FaultKind = (typeof faultKinds)[number]

const matchSchema = z.strictObject({
  origin: z.enum(["site", "api"]).optional(),
  method: z.string().toUpperCase().optional(),
  /** The whole path, or a prefix followed by `*`. */
  path: z.string().optional(),
  grant_type: z.string().optional(),
  username: z.string().optional(),
  client_id: z.string().optional(),
})

const faultFieldsSchema = z.strictObject({
  match: matchSchema.default({}),
  kind: z.enum(faultKinds),
  variant: z.enum(replyVariants).optional(),
  /** How many requests it affects; null affects all until it is removed. */
  times: z.int().min(1).nullable().default(1),
  /** How many matching requests pass first. */
  skip: z.int().min(0).default(0),
  /** The probability that it affects a matching request; `seed` makes every run affect the same ones. */
  probability: z.number().min(0).max(1).default(1),
  seed: z.int().min(0).default(1),
  status: z.int().min(200).max(599).optional(),
  headers: z
    .record(
      z.string().refine(isValid(validateHeaderName), "no valid header name"),
      z.string().refine(
        isValid((value) => validateHeaderValue("a header", value)),
        "no valid header value",
      ),
    )
    .default({}),
  body: z.string().optional(),
  delay_ms: z.int().min(0).max(600_000).default(0),
  size_bytes: z
    .int()
    .min(1)
    .max(1024 ** 3)
    .default(64 * 1024 ** 2),
})

/** Faults that people have met at Bitbucket, by name. */
const scenarios = {
  /** EM-10: a refresh gets a bare 401, without an OAuth error, although the grant is still valid. */
  token_endpoint_401: {
    match: { method: "POST", path: "/site/oauth2/access_token", grant_type: "refresh_token" },
    kind: "status",
    status: 401,
  },
} as const satisfies Record<string, z.input<typeof faultFieldsSchema>>

const scenarioNames = Object.keys(scenarios) as [keyof typeof scenarios, ...(keyof typeof scenarios)[]]

const scenarioSchema = z
  .strictObject({
    scenario: z.enum(scenarioNames),
    /** Narrows it to one person or client. */
    match: matchSchema.pick({ username: true, client_id: true }).default({}),
    times: faultFieldsSchema.shape.times,
    skip: faultFieldsSchema.shape.skip,
  })
  .transform(({ scenario, match, times, skip }) => {
    const named = scenarios[scenario]
    return faultFieldsSchema.parse({ ...named, match: { ...named.match, ...match }, times, skip })
  })

const spelledOutSchema = faultFieldsSchema.refine(
  ({ kind, variant }) => (kind === "variant") === (variant !== undefined),
  {
    path: ["variant"],
    message: `kind "variant" takes one of ${replyVariants.join(", ")}; no other kind does`,
  },
)

/** The two kinds of input, for the OpenAPI description; its error messages could not say which of the two was meant. */
export const plantableSchema = z.union([spelledOutSchema, scenarioSchema])

/** A fault spelled out, or a scenario by name. Errors concern the one that was meant. */
export const faultSchema = z.unknown().transform((body, context): Fault => {
  const isScenario = typeof body === "object" && body !== null && "scenario" in body
  const parsed = (isScenario ? scenarioSchema : spelledOutSchema).safeParse(body)
  if (parsed.success) return parsed.data
  for (const { path, message } of parsed.error.issues) {
    context.addIssue({ code: "custom", path: [...path], message })
  }
  return z.NEVER
})

export type Fault = z.output<typeof spelledOutSchema>
export type FaultInput = z.input<typeof spelledOutSchema>
export type ScenarioInput = z.input<typeof scenarioSchema>
export type PlantedFault = Fault & { readonly id: string; met: number }

/** Refuses a fault now whose headers Node would refuse to send later. */
function isValid(validate: (text: string) => void): (text: string) => boolean {
  return (text) => {
    try {
      validate(text)
      return true
    } catch {
      return false
    }
  }
}

/** The faults that wait for a request. */
export class FaultBook {
  #faults: PlantedFault[] = []
  #planted = 0
  readonly #chances = new WeakMap<PlantedFault, () => number>()

  add(fault: Fault): PlantedFault {
    this.#planted += 1
    const planted = { ...fault, id: String(this.#planted), met: 0 }
    this.#faults.push(planted)
    this.#chances.set(planted, seededFractions(fault.seed))
    return planted
  }

  list(): readonly PlantedFault[] {
    return this.#faults
  }

  remove(id: string): boolean {
    const before = this.#faults.length
    this.#faults = this.#faults.filter((fault) => fault.id !== id)
    return this.#faults.length < before
  }

  clear(): void {
    this.#faults = []
  }

  /** The first fault that matches this request; this uses it up by one. */
  take(request: ReceivedRequest, identity: Identity): PlantedFault | null {
    for (const fault of this.#faults) {
      if (!matches(fault, request, identity)) continue
      if ((this.#chances.get(fault)?.() ?? 0) >= fault.probability) continue
      fault.met += 1
      if (fault.met <= fault.skip) continue
      if (fault.times !== null && fault.met >= fault.skip + fault.times) this.remove(fault.id)
      return fault
    }
    return null
  }
}

function matches({ match }: Fault, request: ReceivedRequest, identity: Identity): boolean {
  const isAsked = (wanted: string | undefined, actual: string | null) =>
    wanted === undefined || wanted === actual
  return (
    isAsked(match.origin, request.origin) &&
    isAsked(match.method, request.method) &&
    isAsked(match.grant_type, request.form.get("grant_type")) &&
    isAsked(match.username, identity.username) &&
    isAsked(match.client_id, identity.clientKey) &&
    (match.path === undefined || matchesPath(match.path, request.path))
  )
}

function matchesPath(pattern: string, path: string): boolean {
  if (pattern.endsWith("*")) return path.startsWith(pattern.slice(0, -1))
  return withoutTrailingSlash(path) === withoutTrailingSlash(pattern)
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path
}
