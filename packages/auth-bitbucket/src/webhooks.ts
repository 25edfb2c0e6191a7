/**
 * Webhooks of Bitbucket Cloud: whether Bitbucket sent them, and what they say.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto"

/** What happened, from `X-Event-Key`. Bitbucket adds events, so it may be any other text. */
export type WebhookEvent =
  | "repo:push"
  | "repo:fork"
  | "repo:updated"
  | "repo:transfer"
  | "repo:deleted"
  | "repo:commit_comment_created"
  | "repo:commit_status_created"
  | "repo:commit_status_updated"
  | "pullrequest:created"
  | "pullrequest:updated"
  | "pullrequest:push"
  | "pullrequest:changes_request_created"
  | "pullrequest:changes_request_removed"
  | "pullrequest:approved"
  | "pullrequest:unapproved"
  | "pullrequest:fulfilled"
  | "pullrequest:rejected"
  | "pullrequest:comment_created"
  | "pullrequest:comment_updated"
  | "pullrequest:comment_deleted"
  | "pullrequest:comment_resolved"
  | "pullrequest:comment_reopened"
  | "project:updated"
  | (string & {})

export type Webhook = {
  event: WebhookEvent
  /** The body as JSON. Its shape depends on the event. */
  payload: unknown
  /** `X-Request-UUID`: the same for each attempt to deliver this event, so that you can handle it once. */
  deliveryId: string | null
  /** `X-Hook-UUID`: which webhook it is. */
  hookId: string | null
  /** `X-Attempt-Number`: 1 at first. */
  attempt: number
}

/** Why a request does not count as a Bitbucket webhook. */
export type WebhookErrorCode =
  /** No signature, or an empty one: Bitbucket sends that if the webhook has no secret. */
  | "signature_missing"
  /** Several signatures, another algorithm than SHA-256, or no 64 lower-case hexadecimal digits. */
  | "signature_malformed"
  /** The body was changed on the way, or the sender does not know the secret. */
  | "signature_mismatch"
  /** Signed, but without a single `X-Event-Key`. */
  | "event_missing"
  /** Signed, but not JSON. */
  | "body_unreadable"

/** A request is not a Bitbucket webhook. Answer 401 or 400. Holds no part of the request. */
export class WebhookError extends Error {
  override readonly name = "WebhookError"
  readonly code: WebhookErrorCode

  constructor(code: WebhookErrorCode) {
    super(`Webhook: ${code}`)
    this.code = code
  }
}

/** Of `fetch`, or of Node's `IncomingMessage`. */
type RequestHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

type WebhookRequest = {
  /** The webhook's secret. */
  secret: string
  headers: RequestHeaders
  /** The body exactly as received: one that was parsed and serialized again has a different signature. */
  body: Uint8Array | ArrayBuffer | string
}

/**
 * Checks that Bitbucket sent a request, and reads it. The signature covers only the body: it doesn't prove the headers,
 * and an attacker can replay an intercepted request. Handle each `deliveryId` once, and rely on the payload alone.
 *
 * @throws WebhookError if it is not a Bitbucket webhook; TypeError if the secret is empty
 * @see https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/#Secure-webhooks
 * @example
 * const { event, payload } = verifyWebhook({ secret, headers: request.headers, body: await request.arrayBuffer() })
 */
export function verifyWebhook({ secret, headers, body }: WebhookRequest): Webhook {
  // Anyone can sign with an empty secret.
  if (secret === "") throw new TypeError("The secret of a webhook must not be empty")
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body)
  verifySignature(secret, bytes, valuesOf(headers, "x-hub-signature"))

  const [event, ...others] = valuesOf(headers, "x-event-key")
  if (!event || others.length > 0) throw new WebhookError("event_missing")
  const attempt = Number(single(headers, "x-attempt-number") ?? 1)
  return {
    event,
    payload: parse(bytes),
    deliveryId: single(headers, "x-request-uuid"),
    hookId: single(headers, "x-hook-uuid"),
    attempt: Number.isSafeInteger(attempt) && attempt > 0 ? attempt : 1,
  }
}

function verifySignature(secret: string, body: Uint8Array, signatures: readonly string[]): void {
  const [signature, ...others] = signatures
  if (!signature) throw new WebhookError(others.length > 0 ? "signature_malformed" : "signature_missing")
  const hex = /^sha256=([0-9a-f]{64})$/.exec(signature)?.[1]
  if (others.length > 0 || hex === undefined) throw new WebhookError("signature_malformed")
  const expected = createHmac("sha256", secret).update(body).digest()
  if (!timingSafeEqual(expected, Buffer.from(hex, "hex"))) throw new WebhookError("signature_mismatch")
}

/** Every value of a header. Names are case-insensitive. */
function valuesOf(headers: RequestHeaders, name: string): string[] {
  if (headers instanceof Headers) {
    const value = headers.get(name)
    return value === null ? [] : [value]
  }
  return Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value ?? [])
}

function single(headers: RequestHeaders, name: string): string | null {
  const [value, ...others] = valuesOf(headers, name)
  return value && others.length === 0 ? value : null
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))
  } catch {
    throw new WebhookError("body_unreadable")
  }
}
