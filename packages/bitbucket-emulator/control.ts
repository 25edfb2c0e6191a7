import { Hono } from "hono"
import { HTTPException } from "hono/http-exception"
import { z } from "zod"
import type { Bitbucket } from "./bitbucket.ts"
import { configSchema } from "./config.ts"
import { type ControlEnv, guardHeader, guardMachine, guardToken } from "./control-guard.ts"
import { durationPattern, parseDuration } from "./duration.ts"
import { type FaultBook, faultSchema } from "./faults.ts"
import type { Interruption } from "./interruption.ts"
import type { Journal } from "./journal.ts"
import { expireAccessTokens, revokeAuthorizations } from "./oauth2/tokens.ts"
import { redactState, replaceState, savedStateSchema, saveState } from "./saved-state.ts"
import { type SeedChoice, seedChoiceSchema } from "./seed.ts"
import { hopOf } from "./trace/hop.ts"
import { livePage } from "./trace/live-page.ts"
import { deliverWebhook, WebhookError, webhookSchema } from "./webhooks.ts"

/** Everything about a running emulator that can be controlled from outside. */
export interface Steerable {
  readonly bitbucket: Bitbucket
  readonly faults: FaultBook
  readonly journal: Journal
  readonly interruption: Interruption
  /** The token that every caller has to send, or null if being on this machine is enough. */
  readonly controlToken: string | null
  /** Resets to the start, with this seed or the original one. */
  readonly reset: (seed?: SeedChoice) => void
}

export const clockChangeSchema = z.union([
  z.strictObject({ advance_ms: z.int() }),
  z.strictObject({
    advance: z.string().regex(durationPattern, "a duration such as 2h or 1h30m").transform(parseDuration),
  }),
  z.strictObject({ now: z.iso.datetime({ offset: true }) }),
  z.strictObject({ freeze: z.boolean() }),
])

/** The range of a Date, less a year for the clock to run on. */
const FURTHEST_MS = 8.64e15 - 365 * 86_400_000

export const resetSchema = z.strictObject({ seed: seedChoiceSchema.optional() })
export const expirySchema = z.union([
  z.strictObject({ username: z.string() }),
  z.strictObject({ token: z.string() }),
])
export const authorizationSchema = z.strictObject({ username: z.string(), client_id: z.string().optional() })

/** The control API below `/_control`. */
export function createControl(
  steerable: Steerable,
): (request: Request, remoteAddress: string) => Promise<Response> {
  const control = controlRoutes(steerable)
  return async (request, remoteAddress) => control.fetch(request, { remoteAddress })
}

export function controlRoutes(steerable: Steerable): Hono<ControlEnv> {
  const { bitbucket, faults, journal, interruption, controlToken } = steerable
  const control = new Hono<ControlEnv>({ strict: false }).basePath("/_control")
  if (controlToken === null) control.use(guardMachine)
  // Before the check of token or header: programs that wait for a server to start send neither.
  control.get("/health", (context) => {
    const { siteUrl: site_url, apiUrl: api_url, config } = bitbucket
    return context.json({ status: "ok", site_url, api_url, contract: config.contract })
  })
  if (controlToken !== null) control.use(guardToken(controlToken))
  // Before the check of the header: a browser opens the live page.
  control.route("/", livePage(bitbucket, journal))
  control.use(guardHeader(controlToken ?? "1"))

  const readClock = () => ({ now: bitbucket.clock.date().toISOString(), frozen: bitbucket.clock.isFrozen })
  control.get("/clock", (context) => context.json(readClock()))
  const moveClock = (toMs: number) => {
    if (!(Math.abs(toMs) <= FURTHEST_MS)) {
      throw problem(400, "invalid_request", "That is further than a date can be.")
    }
    bitbucket.clock.set(toMs)
  }
  control.put("/clock", async (context) => {
    const change = await readJson(context.req.raw, clockChangeSchema)
    if ("advance_ms" in change) moveClock(bitbucket.clock.now() + change.advance_ms)
    else if ("advance" in change) moveClock(bitbucket.clock.now() + change.advance)
    else if ("now" in change) moveClock(new Date(change.now).getTime())
    else if (change.freeze) bitbucket.clock.freeze()
    else bitbucket.clock.resume()
    return context.json(readClock())
  })

  control.post("/reset", async (context) => {
    const { seed } = await readJson(context.req.raw, resetSchema)
    steerable.reset(seed)
    return context.json({ status: "ok" })
  })

  control.get("/state", (context) => {
    const saved = saveState(bitbucket.state)
    return context.json(context.req.query("secrets") === "shown" ? saved : redactState(saved))
  })
  control.put("/state", async (context) => {
    replaceState(bitbucket.state, await readJson(context.req.raw, savedStateSchema))
    return context.json({ status: "ok" })
  })

  control.get("/requests", (context) => context.json({ requests: journal.list() }))
  control.delete("/requests", (context) => {
    journal.clear()
    return context.json({ requests: journal.list() })
  })

  control.get("/hops", (context) => {
    return context.json({ hops: journal.entries().map((entry) => hopOf(bitbucket, entry)) })
  })

  control.get("/config", (context) => context.json(bitbucket.config))
  control.patch("/config", async (context) => {
    const patch = await readJson(context.req.raw, configSchema.partial())
    bitbucket.config = configSchema.parse({ ...bitbucket.config, ...patch })
    return context.json(bitbucket.config)
  })

  control.get("/faults", (context) => context.json({ faults: faults.list() }))
  control.post("/faults", async (context) => {
    return context.json(faults.add(await readJson(context.req.raw, faultSchema)), 201)
  })
  control.delete("/faults", (context) => {
    faults.clear()
    interruption.releaseFault()
    return context.json({ faults: faults.list() })
  })
  control.delete("/faults/:id", (context) => {
    const id = context.req.param("id")
    const isPlanted = faults.remove(id)
    // A used-up fault is no longer listed, and may still hold a request.
    const released = interruption.releaseFault(id)
    if (!isPlanted && released === 0) throw problem(404, "not_found", `There is no fault ${id}.`)
    return context.json({ faults: faults.list() })
  })

  control.post("/tokens/expire", async (context) => {
    const meant = await readJson(context.req.raw, expirySchema)
    if ("username" in meant) requirePerson(bitbucket, meant.username)
    else if (!bitbucket.state.accessTokens.has(meant.token)) {
      throw problem(404, "not_found", "There is no such access token.")
    }
    return context.json({ expired: expireAccessTokens(bitbucket, meant) })
  })
  control.post("/grants/revoke", async (context) => {
    const { username, client_id: clientKey } = await readJson(context.req.raw, authorizationSchema)
    requirePerson(bitbucket, username)
    return context.json({ revoked: revokeAuthorizations(bitbucket, { username, clientKey }) })
  })

  control.post("/webhooks", async (context) => {
    const webhook = await readJson(context.req.raw, webhookSchema)
    try {
      return context.json(await deliverWebhook(bitbucket, webhook))
    } catch (error) {
      if (!(error instanceof WebhookError)) throw error
      throw problem(error.code === "not_delivered" ? 502 : 404, error.code, error.message)
    }
  })

  control.notFound((context) => context.json({ error: "not_found", message: "No such control." }, 404))
  control.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse()
    return context.json({ error: "defect", message: error.stack ?? error.message }, 500)
  })
  return control
}

/** An empty body reads as `{}`, so that `POST /_control/reset` needs none. */
async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = await request.text()
  let body: unknown
  try {
    body = text === "" ? {} : JSON.parse(text)
  } catch {
    throw problem(400, "invalid_request", "The body is not JSON.")
  }
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw problem(400, "invalid_request", z.prettifyError(parsed.error))
  return parsed.data
}

function requirePerson(bitbucket: Bitbucket, username: string): void {
  if (!bitbucket.state.people.has(username))
    throw problem(404, "not_found", `There is no person ${username}.`)
}

function problem(status: 400 | 404 | 502, error: string, message: string): HTTPException {
  return new HTTPException(status, { res: Response.json({ error, message }, { status }) })
}
