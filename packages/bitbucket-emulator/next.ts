import { HTTPException } from "hono/http-exception"
import { z } from "zod"
import { basePathOf } from "./addresses.ts"
import { belowBasePath } from "./base-path.ts"
import type { Bitbucket } from "./bitbucket.ts"
import { Clock } from "./clock.ts"
import { defaultConfig } from "./config.ts"
import { createControl } from "./control.ts"
import { createEngine, type Origin } from "./engine.ts"
import { FaultBook } from "./faults.ts"
import { Interruption } from "./interruption.ts"
import { Journal } from "./journal.ts"
import type { StateStore } from "./postgres-state.ts"
import { Randomness } from "./randomness.ts"
import { restoreState, savedStateSchema, saveState } from "./saved-state.ts"
import { loadSeed } from "./seed.ts"
import type { Seed } from "./seed-schema.ts"
import { createState } from "./state.ts"

export { postgresState, type Query, type StateStore } from "./postgres-state.ts"

export interface RouteHandlerOptions {
  /**
   * The address of the route as browsers know it, such as `https://app.example.com/bitbucket-emulator`. The site is at `/site`
   * below it, the API at `/api`.
   */
  readonly baseUrl: string
  readonly state: StateStore
  /** The callback URL of the seeded clients: the app's own URL, or any path below it. */
  readonly callbackUrl: string
  /** What the control API asks for in `X-Emulator-Control`. Without one there is no control API. */
  readonly controlToken?: string | undefined
  /** The nonce for the page's styles, if the app's Content-Security-Policy requires one. */
  readonly styleNonceOf?: ((request: Request) => string | undefined) | undefined
}

/** The part of the control API that works without a long-running process: no faults, no journal, no live page. */
const CONTROLS = /^\/_control\/(health|clock|reset|tokens\/expire|grants\/revoke)\/?$/
const MAX_BODY_BYTES = 1024 * 1024
/** Some hundred sign-ins. A demo on a public address that grows past it starts again from its seed. */
const MAX_DOCUMENT_LENGTH = 4_000_000
/** How often to retry: of several requests that write at the same time, only one succeeds. */
const MOST_ATTEMPTS = 100

const documentSchema = z.strictObject({
  state: savedStateSchema,
  clock: z.strictObject({ offsetMs: z.number(), frozenAtMs: z.number().nullable() }),
})

/**
 * Serves both origins of an emulated Bitbucket as one route handler of a Next app, with the default seed. Each request reads
 * the state, is answered from it, and writes what it changed if no other request has written since; otherwise it is answered again
 * from the fresh state.
 *
 * @throws what `state` throws
 */
export function createRouteHandler(options: RouteHandlerOptions): (request: Request) => Promise<Response> {
  const { baseUrl, state, callbackUrl, styleNonceOf } = options
  const basePath = basePathOf(baseUrl)
  const seed = loadSeed("default", callbackUrl)

  return async (request) => {
    const asked = parseTarget(request.url, basePath)
    if (asked === null) return new Response("Not Found\n", { status: 404 })
    const body = await readBody(request)
    if (body === null) return new Response("Payload Too Large\n", { status: 413 })
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const stored = await state.read()
      const bitbucket = restoreBitbucket(stored?.document ?? null, seed, baseUrl)
      const before = documentOf(bitbucket)
      const { method, headers } = request
      const response = await answer(
        asked,
        new Request(`${new URL(baseUrl).origin}${asked.target}`, { method, headers, ...(body && { body }) }),
        { bitbucket, seed, options },
      )
      const after = documentOf(bitbucket)
      if (after === before || (await state.write(after, stored?.version ?? null)))
        return asked.origin === "site"
          ? withStyleNonce(await belowBasePath(response, `${basePath}/site`), styleNonceOf?.(request))
          : response
    }
    return new Response("Too many requests change the emulator at once.\n", { status: 503 })
  }
}

interface Asked {
  readonly origin: Origin
  /** Path and query as they would be at Bitbucket. */
  readonly target: string
  readonly path: string
}

function parseTarget(address: string, basePath: string): Asked | null {
  const { pathname, search } = new URL(address)
  for (const origin of ["site", "api"] as const) {
    const place = `${basePath}/${origin}`
    if (pathname !== place && !pathname.startsWith(`${place}/`)) continue
    const path = pathname.slice(place.length) || "/"
    return { origin, target: `${path}${search}`, path }
  }
  return null
}

async function answer(
  { origin, path, target }: Asked,
  request: Request,
  { bitbucket, seed, options }: { bitbucket: Bitbucket; seed: Seed; options: RouteHandlerOptions },
): Promise<Response> {
  if (origin === "site" && /^\/_control(\/|$)/.test(path)) {
    const { controlToken } = options
    if (controlToken === undefined || !CONTROLS.test(path)) return noSuchControl()
    return await controlOf(bitbucket, seed, controlToken)(request, "")
  }
  // A signature covers the URL that the client sent its request to.
  return await createEngine(bitbucket)[origin](request, `${options.baseUrl}/${origin}${target}`)
}

function controlOf(bitbucket: Bitbucket, seed: Seed, controlToken: string) {
  return createControl({
    bitbucket,
    faults: new FaultBook(),
    journal: new Journal(bitbucket.clock, () => false),
    interruption: new Interruption(),
    controlToken,
    reset: (another) => {
      if (another !== undefined && another !== "default") {
        const message = "Inside Next there is the default seed only."
        throw new HTTPException(400, {
          res: Response.json({ error: "invalid_request", message }, { status: 400 }),
        })
      }
      bitbucket.state = createState(seed)
      bitbucket.clock.reset()
    },
  })
}

function noSuchControl(): Response {
  return Response.json({ error: "not_found", message: "No such control." }, { status: 404 })
}

/** A Bitbucket in its state after the last request, or in its initial state. */
function restoreBitbucket(document: string | null, seed: Seed, baseUrl: string): Bitbucket {
  const clock = new Clock()
  const state = createState(seed)
  const saved = readDocument(document)
  if (saved !== null) {
    clock.restore(saved.clock)
    restoreState(state, saved.state)
  }
  return {
    clock,
    randomness: new Randomness(),
    config: defaultConfig,
    state,
    siteUrl: `${baseUrl}/site`,
    apiUrl: `${baseUrl}/api`,
    hasLivePage: false,
  }
}

/** null if there is none, or none that this version can read: an older deployment's is no reason to fail. */
function readDocument(document: string | null): z.infer<typeof documentSchema> | null {
  if (document === null || document.length > MAX_DOCUMENT_LENGTH) return null
  return documentSchema.safeParse(JSON.parse(document)).data ?? null
}

function documentOf({ state, clock }: Bitbucket): string {
  return JSON.stringify({ state: saveState(state), clock: clock.setting })
}

/** null if it is too long. */
async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer> | null | undefined> {
  if (request.body === null) return undefined
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

async function withStyleNonce(response: Response, nonce: string | undefined): Promise<Response> {
  const { status, headers } = response
  const isPage = headers.get("Content-Type")?.startsWith("text/html") === true
  if (nonce === undefined || !isPage) return response
  const text = (await response.text()).replaceAll("<style>", `<style nonce="${nonce}">`)
  return new Response(text, { status, headers })
}
