import { z } from "zod"
import { configSchema } from "./config.ts"
import { authorizationSchema, clockChangeSchema, expirySchema, resetSchema } from "./control.ts"
import { plantableSchema } from "./faults.ts"
import manifest from "./package.json" with { type: "json" }
import { savedStateSchema } from "./saved-state.ts"
import { webhookSchema } from "./webhooks.ts"

interface Operation {
  readonly summary: string
  /** The schema of the body, if there is one. */
  readonly body?: z.ZodType
  readonly query?: Readonly<Record<string, string>>
  /** The successful response: a schema, or the type of a response other than JSON. */
  readonly answer: z.ZodType | string
  readonly status?: 201
  /** Refusals in addition to those that every operation has. */
  readonly refusals?: readonly (400 | 404 | 502)[]
}

const statusOk = z.object({ status: z.literal("ok") })
const clock = z.object({ now: z.iso.datetime(), frozen: z.boolean() })
const fault = z.looseObject({ id: z.string() })
const faults = z.object({ faults: z.array(fault) })
const journal = z.object({
  requests: z.array(
    z.looseObject({
      at: z.iso.datetime(),
      origin: z.enum(["site", "api"]),
      method: z.string(),
      path: z.string(),
      grant_type: z.string().nullable(),
      status: z.int().nullable(),
    }),
  ),
})

/** Every operation of the control API, as `METHOD path`. */
const operations: Readonly<Record<string, Operation>> = {
  "GET /health": {
    summary: "Whether the emulator runs, and where. Needs no header and no token.",
    answer: statusOk.extend({ site_url: z.url(), api_url: z.url(), contract: configSchema.shape.contract }),
  },
  "GET /": { summary: "The last sign-in, hop by hop, for a browser.", answer: "text/html" },
  "GET /trace.md": { summary: "The last sign-in as Markdown.", answer: "text/plain" },
  "GET /trace.har": {
    summary: "The last sign-in as HAR 1.2.",
    answer: z.looseObject({ log: z.looseObject({}) }),
  },
  "GET /clock": { summary: "The state of the emulated clock.", answer: clock },
  "PUT /clock": {
    summary: "Moves, freezes or resumes it.",
    body: clockChangeSchema,
    answer: clock,
    refusals: [400],
  },
  "POST /reset": {
    summary: "Resets everything to the start, or to another seed. Releases held requests.",
    body: resetSchema,
    answer: statusOk,
    refusals: [400],
  },
  "GET /state": {
    summary: "Sessions, grants, tokens and decisions.",
    query: { secrets: "`shown` keeps the secrets in, which PUT needs." },
    answer: savedStateSchema,
  },
  "PUT /state": { summary: "Restores them.", body: savedStateSchema, answer: statusOk, refusals: [400] },
  "GET /requests": {
    summary: "The journal: requests and responses, without any secret.",
    answer: journal,
  },
  "DELETE /requests": { summary: "Empties the journal.", answer: journal },
  "GET /hops": {
    summary: "The journal as the live page shows it, with headers and bodies.",
    answer: z.object({
      hops: z.array(z.looseObject({ at: z.iso.datetime(), method: z.string(), address: z.string() })),
    }),
  },
  "GET /config": { summary: "The switches.", answer: configSchema },
  "PATCH /config": {
    summary: "Changes the given switches.",
    body: configSchema.partial(),
    answer: configSchema,
    refusals: [400],
  },
  "GET /faults": { summary: "The faults that are not used up.", answer: faults },
  "POST /faults": {
    summary: "Adds a fault, spelled out or as a named scenario.",
    body: plantableSchema,
    answer: fault,
    status: 201,
    refusals: [400],
  },
  "DELETE /faults": { summary: "Removes all faults, and releases the requests they hold.", answer: faults },
  "DELETE /faults/{id}": {
    summary: "Removes one fault, and releases the requests it holds.",
    answer: faults,
    refusals: [404],
  },
  "POST /tokens/expire": {
    summary: "Access tokens expire now; refresh tokens stay.",
    body: expirySchema,
    answer: z.object({ expired: z.int() }),
    refusals: [400, 404],
  },
  "POST /grants/revoke": {
    summary: "Revokes grants as the person can in their settings: all, or those to one client.",
    body: authorizationSchema,
    answer: z.object({ revoked: z.int() }),
    refusals: [400, 404],
  },
  "POST /webhooks": {
    summary: "Sends one event, signed, to a receiver on this machine.",
    body: webhookSchema,
    answer: z.object({ status: z.int(), hook_uuid: z.string(), request_uuid: z.string() }),
    refusals: [400, 404, 502],
  },
}

const REFUSALS = {
  400: "The body does not match this operation; `message` says where.",
  401: "The token is missing or wrong.",
  403: "Not from this machine, not under a loopback name, or without the header.",
  404: "There is no such fault, token, person or repository.",
  502: "The receiver did not accept the delivery.",
}

/** The control API as an OpenAPI 3.1 document, with the schemas that the emulator itself validates bodies with. */
export function controlOpenApi(): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const [name, operation] of Object.entries(operations)) {
    const [method = "", path = ""] = name.split(" ")
    const known = paths[path] ?? {}
    known[method.toLowerCase()] = describe(method, path, operation)
    paths[path] = known
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Control API of bitbucket-emulator",
      version: manifest.version,
      description: "Steers an emulated Bitbucket. It is served below `/_control` on the site's origin.",
      license: { name: manifest.license, identifier: manifest.license },
    },
    servers: [{ url: "http://127.0.0.1:4100/_control" }],
    security: [{ control: [] }],
    paths,
    components: {
      securitySchemes: {
        control: {
          type: "apiKey",
          in: "header",
          name: "X-Emulator-Control",
          description: "`1` where the emulator listens on loopback; its token where it listens on more.",
        },
      },
      schemas: {
        Problem: schemaOf(z.object({ error: z.string(), message: z.string() }), "output"),
      },
    },
  }
}

function describe(method: string, path: string, operation: Operation): object {
  const { summary, body, query = {}, answer, status = 200, refusals = [] } = operation
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: "path", required: true }))
  const inQuery = Object.entries(query).map(([name, description]) => ({ name, in: "query", description }))
  const parameters = [...inPath, ...inQuery].map((one) => ({ ...one, schema: { type: "string" } }))
  const isOpen = path === "/health"
  const codes = [...refusals, ...(isOpen ? [] : ([401, 403] as const))].sort()
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^a-z]+([a-z]?)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    ...(isOpen ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { content: json(schemaOf(body, "input")) } }),
    responses: {
      [status]: { description: "Done.", content: contentOf(answer) },
      ...Object.fromEntries(
        codes.map((code) => [
          code,
          { description: REFUSALS[code], content: json({ $ref: "#/components/schemas/Problem" }) },
        ]),
      ),
    },
  }
}

function contentOf(answer: z.ZodType | string): object {
  return typeof answer === "string"
    ? { [answer]: { schema: { type: "string" } } }
    : json(schemaOf(answer, "output"))
}

function json(schema: object): object {
  return { "application/json": { schema } }
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" })
  return rest
}
