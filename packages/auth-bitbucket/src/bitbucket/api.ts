import type { z } from "zod"
import { createBoundedFetch } from "../http/bounded-fetch.ts"
import { parseReceivedJson } from "../oauth/received-text.ts"
import { parseRetryAfterSeconds } from "../oauth/retry-after.ts"
import { BitbucketError } from "./errors.ts"
import { type BitbucketUrls, bitbucketUrls } from "./urls.ts"

/** A page of a hundred repositories with long descriptions is 300 kB; a whole one of all their links is 500 kB. */
const MOST_RESPONSE_BYTES = 1024 * 1024

/** An access token, or an object with one as its `value`, such as `getToken` of `auth-bitbucket/connections` returns. */
export type AccessTokenOrHolder = string | { value: string }

/**
 * Returns the access token for a call. It runs for every call, so it should be quick while the token is valid.
 *
 * `rejected` is the last token that it returned, if Bitbucket has refused it. If there is no other, it should return the same one
 * or throw: its error reaches the caller.
 */
export type GetToken<Token extends AccessTokenOrHolder = AccessTokenOrHolder> = (options?: {
  rejected?: Token
}) => Token | Promise<Token>

export type ApiOptions<Token extends AccessTokenOrHolder = AccessTokenOrHolder> = {
  getToken: GetToken<Token>
  /** Sends the requests; Node's own HTTP client unless given. Deadline, cap and origin hold in any case. */
  fetch?: typeof globalThis.fetch | undefined
  /** Where Bitbucket is, if it is not Bitbucket Cloud itself. */
  urls?: Partial<BitbucketUrls> | undefined
  /** Milliseconds that one request may take; 5,000 unless given. */
  timeoutMs?: number | undefined
  /** Bytes of one answer that are read at most; 1,048,576 unless given. */
  maxResponseBytes?: number | undefined
  /** Ends every call of this client. */
  signal?: AbortSignal | undefined
}

export type CallOptions = {
  /** Ends this call. It throws BitbucketError `unreachable` then, whose `cause` is the signal's reason. */
  signal?: AbortSignal | undefined
}

/** A body that can be sent again after a 401, which a stream could not. */
export type RequestBody = string | URLSearchParams | FormData | Blob | Uint8Array<ArrayBuffer>

type RequestOptions = CallOptions & { body?: RequestBody | undefined; headers?: HeadersInit | undefined }

/** Calls of Bitbucket's API that a token opens. */
export type Api = {
  urls: BitbucketUrls
  /** @throws BitbucketError for every answer but a 2xx, or what `getToken` throws */
  send: (method: string, url: string, options?: RequestOptions) => Promise<Response>
  /** @throws BitbucketError for every answer but a 200 whose JSON the schema accepts, or what `getToken` throws */
  read: <Schema extends z.ZodType>(
    url: string,
    schema: Schema,
    options?: CallOptions,
  ) => Promise<z.infer<Schema>>
}

/**
 * Sends the token in the Authorization header (RFC 6750 §2.1), the only place where Bitbucket accepts one since May 2026.
 *
 * It sends a request only once, except in one case: Bitbucket answered 401, so it did nothing, the endpoint for the current user
 * refuses the token too, and there is another token.
 */
export function createApi<Token extends AccessTokenOrHolder>(options: ApiOptions<Token>): Api {
  const { getToken, fetch, timeoutMs, maxResponseBytes = MOST_RESPONSE_BYTES, signal } = options
  const urls = bitbucketUrls(options.urls)
  const boundedFetch = createBoundedFetch({
    origins: [new URL(urls.api).origin],
    deadlineMs: timeoutMs,
    maxBodyBytes: maxResponseBytes,
    fetch,
  })
  const replacements = new Map<string, Promise<string>>()
  const checks = new Map<string, Promise<void>>()
  /** The last token that Bitbucket's endpoint for the current user refused. */
  let refusedToken: string | null = null

  async function send(method: string, url: string, callOptions: RequestOptions = {}): Promise<Response> {
    const given = await getToken()
    const token = textOf(given)
    try {
      return await attempt(token, method, url, callOptions)
    } catch (error) {
      if (!(error instanceof BitbucketError) || error.code !== "unauthorized") throw error
      const replacement = await replace(given)
      if (replacement === token) throw error
      return attempt(replacement, method, url, callOptions)
    }
  }

  async function attempt(
    token: string,
    method: string,
    url: string,
    callOptions: RequestOptions,
  ): Promise<Response> {
    const answer = request(token, method, url, callOptions)
    if (url === urls.user) shared(checks, token, () => confirm(answer)).catch(() => undefined)
    const response = await answer
    if (response.ok) return response
    const body = await readJson(response)
    if (response.status === 401 && url === urls.user) refusedToken = token
    if (response.status !== 401 || url === urls.user) throw errorOf(response, body)
    // Bitbucket also answers 401 when it means 403, and refreshing a good token would not change that.
    if (!isAboutAccess(body)) await check(token)
    throw new BitbucketError("forbidden", { status: 401, body })
  }

  function request(
    token: string,
    method: string,
    url: string,
    { signal: once, body, headers }: RequestOptions,
  ) {
    const signals = [signal, once].filter((one) => one !== undefined)
    return boundedFetch(url, {
      method,
      headers: {
        accept: "application/json",
        ...Object.fromEntries(new Headers(headers)),
        authorization: `Bearer ${token}`,
      },
      ...(body !== undefined && { body }),
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
    })
  }

  /** An endpoint's 401, "Token is invalid, expired, or not supported for this endpoint", does not say which. */
  async function check(token: string): Promise<void> {
    if (token === refusedToken) throw new BitbucketError("unauthorized", { status: 401 })
    await shared(checks, token, () => confirm(request(token, "GET", urls.user, {})))
  }

  /** @param answer of the endpoint that says whose token it is */
  async function confirm(answer: Promise<Response>): Promise<void> {
    const response = await answer
    if (!response.ok) throw errorOf(response, undefined)
  }

  /** One replacement of a refused token, however many calls met the refusal. */
  function replace(rejected: Token): Promise<string> {
    const token = textOf(rejected)
    const known = replacements.get(token)
    if (known !== undefined) return known
    const replacement = Promise.resolve(getToken({ rejected })).then(textOf)
    replacements.clear()
    replacements.set(token, replacement)
    replacement.catch(() => replacements.delete(token))
    return replacement
  }

  async function read<Schema extends z.ZodType>(
    url: string,
    schema: Schema,
    callOptions: CallOptions = {},
  ): Promise<z.infer<Schema>> {
    const response = await send("GET", url, callOptions)
    const { status } = response
    const parsed = schema.safeParse(status === 200 ? await readJson(response) : undefined)
    if (!parsed.success) throw new BitbucketError("unexpected_answer", { status, cause: parsed.error })
    return parsed.data
  }

  return { urls, send, read }
}

function textOf(token: AccessTokenOrHolder): string {
  return typeof token === "string" ? token : token.value
}

/** One run, shared by all callers while it is in progress. */
function shared<Result>(
  running: Map<string, Promise<Result>>,
  key: string,
  run: () => Promise<Result>,
): Promise<Result> {
  const known = running.get(key)
  if (known !== undefined) return known
  const started = run().finally(() => running.delete(key))
  running.set(key, started)
  return started
}

/**
 * Parses JSON by its content type: several of Bitbucket's refusals are plain text, and its edge answers in HTML. Makes all text
 * in it well-formed.
 */
async function readJson(response: Response): Promise<unknown> {
  if (!/^application\/json\b/i.test(response.headers.get("content-type") ?? "")) return undefined
  return response
    .text()
    .then(parseReceivedJson)
    .catch(() => undefined)
}

function errorOf({ status, headers }: Response, body: unknown): BitbucketError {
  const retryAfterSeconds = parseRetryAfterSeconds(headers.get("retry-after"))
  if (status === 401) return new BitbucketError("unauthorized", { status, body })
  if (status === 403) {
    const missingScopes = missingScopesOf(body)
    const code = missingScopes.length > 0 ? "insufficient_scope" : "forbidden"
    return new BitbucketError(code, { status, missingScopes, body })
  }
  if (status === 404) return new BitbucketError("not_found", { status, body })
  if (status === 410) {
    const changeId = /CHANGE-\d+/.exec(JSON.stringify(body ?? ""))?.[0]
    return new BitbucketError("endpoint_removed", { status, body, ...(changeId && { changeId }) })
  }
  if (status === 429) return new BitbucketError("rate_limited", { status, body, retryAfterSeconds })
  if (status >= 500 || status === 408)
    return new BitbucketError("unavailable", { status, body, retryAfterSeconds })
  return new BitbucketError("refused", { status, body })
}

/** "You do not have access to view this workspace." @see https://github.com/renovatebot/renovate/pull/14402 */
function isAboutAccess(body: unknown): boolean {
  const message = (body as { error?: { message?: unknown } } | undefined)?.error?.message
  return typeof message === "string" && /\bdo not have access\b/i.test(message)
}

/** `error.detail` of a 403 names the scopes that were granted and required. */
function missingScopesOf(body: unknown): string[] {
  const detail = (body as { error?: { detail?: { required?: unknown; granted?: unknown } } } | undefined)
    ?.error?.detail
  const required = Array.isArray(detail?.required) ? detail.required : []
  const granted: unknown[] = Array.isArray(detail?.granted) ? detail.granted : []
  return required.filter((scope): scope is string => typeof scope === "string" && !granted.includes(scope))
}
