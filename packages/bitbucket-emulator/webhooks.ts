import { createHmac } from "node:crypto"
import { type LookupAddress, lookup } from "node:dns"
import { request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import type { LookupFunction } from "node:net"
import { z } from "zod"
import { personReference } from "./api/account-resource.ts"
import { repositoryResource } from "./api/workspace-resource.ts"
import type { Bitbucket } from "./bitbucket.ts"
import { stableUuid } from "./identifiers.ts"
import { spacedJson } from "./spaced-json.ts"

const LOOPBACK_HOST = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/
const LOOPBACK_ADDRESS = /^(127(\.\d{1,3}){3}|::1)$/

/** How long a receiver may take. Bitbucket itself gives up after ten seconds as well (BB-N1). */
const TIMEOUT_MS = 10_000

const MAX_ANSWER_BYTES = 1024 * 1024

/** EM-11: an address on this machine, with nothing else in it. */
const receiverSchema = z
  .string()
  .refine(isLoopbackAddress, "an address of http or https on a loopback host, without a username or password")

function isLoopbackAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && LOOPBACK_HOST.test(hostname) && username === "" && password === ""
}

export const webhookSchema = z.strictObject({
  url: receiverSchema,
  /** Bitbucket's event key, such as `repo:push`. */
  event: z.string().regex(/^[a-z_]+(:[a-z_]+)+$/, "an event key such as repo:push"),
  /** The secret for the signature; without one there is no signature (BB-N2). */
  secret: z.string().min(1).nullable().default(null),
  /** The actor and the repository, as usernames and full names of the seed. */
  actor: z.string().optional(),
  repository: z.string().optional(),
  /** Further members of the body, such as `push`; they override those from the seed. */
  payload: z.record(z.string(), z.unknown()).default({}),
  hook_uuid: z.guid().optional(),
  attempt_number: z.int().min(1).default(1),
})

export type WebhookInput = z.input<typeof webhookSchema>
type Webhook = z.output<typeof webhookSchema>

/** The result of a delivery. */
export interface WebhookDelivery {
  /** The receiver's status; redirects are not followed. */
  readonly status: number
  readonly hook_uuid: string
  readonly request_uuid: string
}

/** A delivery that cannot be made, or that no receiver accepted. */
export class WebhookError extends Error {
  readonly code: "unknown_actor" | "unknown_repository" | "not_delivered"

  constructor(code: WebhookError["code"], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = "WebhookError"
    this.code = code
  }
}

/**
 * Sends one event to a receiver on this machine, signed over the bytes of the body (BB-N1, BB-N2).
 *
 * @throws WebhookError
 */
export async function deliverWebhook(bitbucket: Bitbucket, webhook: Webhook): Promise<WebhookDelivery> {
  const { url, event, secret, attempt_number } = webhook
  const body = Buffer.from(spacedJson(bodyOf(bitbucket, webhook)), "utf8")
  const hookUuid = webhook.hook_uuid ?? withoutBraces(stableUuid(`webhook:${url}`))
  const requestUuid = withoutBraces(stableUuid(`delivery:${bitbucket.randomness.alphanumeric(32)}`))
  const signature = secret === null ? null : createHmac("sha256", secret).update(body).digest("hex")
  const status = await post(url, body, {
    "Content-Type": "application/json",
    "User-Agent": "Bitbucket-Webhooks/2.0",
    "X-Attempt-Number": String(attempt_number),
    "X-Event-Key": event,
    "X-Hook-UUID": hookUuid,
    "X-Request-UUID": requestUuid,
    ...(signature === null ? {} : { "X-Hub-Signature": `sha256=${signature}` }),
  })
  return { status, hook_uuid: hookUuid, request_uuid: requestUuid }
}

/** The members that events of a repository have in common, then the given ones. */
function bodyOf(bitbucket: Bitbucket, { actor, repository, payload }: Webhook): object {
  return {
    ...(repository === undefined ? {} : { repository: repositoryOf(bitbucket, repository) }),
    ...(actor === undefined ? {} : { actor: actorOf(bitbucket, actor) }),
    ...payload,
  }
}

function actorOf(bitbucket: Bitbucket, username: string) {
  const person = bitbucket.state.people.get(username)
  if (person === undefined) throw new WebhookError("unknown_actor", `There is no person ${username}.`)
  return personReference(bitbucket, person, bitbucket.apiUrl)
}

function repositoryOf(bitbucket: Bitbucket, fullName: string) {
  const [workspaceSlug = "", slug] = fullName.split("/")
  const workspace = bitbucket.state.workspaces.get(workspaceSlug)
  const repository = workspace?.repositories.find((candidate) => candidate.slug === slug)
  if (workspace === undefined || repository === undefined) {
    throw new WebhookError("unknown_repository", `There is no repository ${fullName}.`)
  }
  const { type, full_name, links, name, scm, website, owner, is_private, project, uuid, parent, ...rest } =
    repositoryResource(bitbucket, { workspace, repository }, bitbucket.apiUrl, null)
  const { self, html, avatar } = links
  return {
    type,
    full_name,
    links: { self, html, avatar },
    name,
    scm,
    website,
    owner,
    workspace: rest.workspace,
    is_private,
    project,
    uuid,
    parent,
  }
}

function withoutBraces(uuid: string): string {
  return uuid.slice(1, -1)
}

/** The receiver's status. The rest of its response is dropped: it is none of the caller's business. */
function post(url: string, body: Buffer, headers: Record<string, string>): Promise<number> {
  const send = url.startsWith("https:") ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject(
        new WebhookError("not_delivered", `The receiver did not answer: ${error.code ?? error.name}.`, {
          cause: error,
        }),
      )
    const outgoing = send(
      url,
      {
        method: "POST",
        agent: false,
        headers: { ...headers, "Content-Length": String(body.length) },
        lookup: lookupLoopback,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      },
      (incoming) => {
        resolve(incoming.statusCode ?? 0)
        // Lets it finish, so that the receiver sees an ordinary client, but not forever.
        let length = 0
        incoming.on("error", () => undefined)
        incoming.on("data", (chunk: Buffer) => {
          length += chunk.length
          if (length > MAX_ANSWER_BYTES) incoming.destroy()
        })
      },
    )
    outgoing.on("error", fail)
    outgoing.end(body)
  })
}

/** Whatever a hosts file says, a name leads to this machine or nowhere. */
const lookupLoopback: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[] = []) => {
    const addresses = found.filter(({ address }) => LOOPBACK_ADDRESS.test(address))
    const [first] = addresses
    if (error !== null || first === undefined) {
      callback(error ?? Object.assign(new Error("not on this machine"), { code: "ENOTFOUND" }), [])
    } else if (options.all === true) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}
