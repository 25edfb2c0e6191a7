import { AsyncLocalStorage } from "node:async_hooks"
import type { IncomingMessage } from "node:http"
import type { Origin } from "./engine.ts"

/** The origins that links in a response begin with. */
export interface Addresses {
  readonly site: string
  readonly api: string
}

/** The hostnames that Bitbucket clients hard-code, served over TLS. */
export const bitbucketHostNames = { site: "bitbucket.org", api: "api.bitbucket.org" } as const

export interface AddressOptions {
  /** The addresses that the listeners are bound to. */
  readonly host: string
  readonly publicSiteUrl?: string | undefined
  readonly publicApiUrl?: string | undefined
  /** Whether to trust `X-Forwarded-Proto`, `-Host` and `-Port`. */
  readonly trustProxy?: boolean | undefined
}

/** The two origins that clients use for this emulator; they may differ between requests. */
export class PublicAddresses {
  readonly #ofRequest = new AsyncLocalStorage<Addresses>()
  readonly #given: { readonly [origin in Origin]: string | undefined }
  readonly #trustsProxy: boolean
  readonly #isWildcard: boolean
  /** Known once the listeners are bound, because the system may choose a port. */
  bound: Addresses = { site: "", api: "" }

  constructor({ host, publicSiteUrl, publicApiUrl, trustProxy = false }: AddressOptions) {
    this.#given = { site: publicSiteUrl, api: publicApiUrl }
    this.#trustsProxy = trustProxy
    this.#isWildcard = isWildcard(host)
  }

  /** What links begin with: for the request in progress, or outside of any request. */
  get current(): Addresses {
    return this.#ofRequest.getStore() ?? this.#usual
  }

  /**
   * Answers a request with the addresses that its client knows. `answer` receives the origin that the client sent the
   * request to, which a signature covers, or null if the request names it itself.
   */
  under<Result>(
    origin: Origin,
    incoming: IncomingMessage,
    answer: (sentTo: string | null) => Result,
  ): Result {
    const given = this.#given[origin]
    const proxy = this.#trustsProxy ? readForwarded(incoming) : null
    const forwarded = proxy === null ? null : `${proxy}${basePathOf(given)}`
    const sentTo = forwarded ?? given ?? null
    if (forwarded === null && !this.#isWildcard && !isEncrypted(incoming)) return answer(sentTo)
    const addresses = { ...this.#reachedBy(incoming), ...(forwarded === null ? {} : { [origin]: forwarded }) }
    return this.#ofRequest.run(addresses, answer, sentTo)
  }

  get #usual(): Addresses {
    const { site, api } = this.#given
    return { site: site ?? this.bound.site, api: api ?? this.bound.api }
  }

  /** A client without a configured address gets links to the one it used. */
  #reachedBy(incoming: IncomingMessage): Addresses {
    const reached = originOf(`${schemeOf(incoming)}://${incoming.headers.host}`)
    if (reached === null) return this.#usual
    const url = new URL(reached)
    const atHost = (origin: Origin) => {
      if (isEncrypted(incoming))
        return `https://${bitbucketHostNames[origin]}${url.port === "" ? "" : `:${url.port}`}`
      return this.#isWildcard
        ? `http://${url.hostname}:${new URL(this.bound[origin]).port}`
        : this.bound[origin]
    }
    return { site: this.#given.site ?? atHost("site"), api: this.#given.api ?? atHost("api") }
  }
}

/** Whether only programs on this machine can reach a listener bound to `host`. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::"
}

/** The address at which a program on this machine reaches a listener bound to `host`. */
export function localUrl(host: string, port: number): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`
}

/** The origin of an absolute web address, or null for anything else. */
function originOf(address: string): string | null {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return null
  return new URL(address).origin
}

/** An origin with or without a base path, no slash at its end; null for anything else. */
export function publicUrlOf(address: string): string | null {
  const origin = originOf(address)
  if (origin === null) return null
  const { pathname, href } = new URL(address)
  return href === `${origin}${pathname}` ? `${origin}${pathname.replace(/\/+$/, "")}` : null
}

/** The base path of a public address: `/bitbucket` of `https://example.test/bitbucket`, mostly empty. */
export function basePathOf(url: string | undefined): string {
  return url === undefined ? "" : new URL(url).pathname.replace(/\/+$/, "")
}

function isEncrypted({ socket }: IncomingMessage): boolean {
  return "encrypted" in socket && socket.encrypted === true
}

function schemeOf(incoming: IncomingMessage): "http" | "https" {
  return isEncrypted(incoming) ? "https" : "http"
}

/** The first of several values comes from the outermost proxy. */
function readForwarded(incoming: IncomingMessage): string | null {
  const first = (name: string) => {
    const value = incoming.headers[name]
    return (Array.isArray(value) ? value[0] : value)?.split(",")[0]?.trim() || undefined
  }
  const scheme = first("x-forwarded-proto")
  const host = first("x-forwarded-host")
  const port = first("x-forwarded-port")
  if (scheme === undefined && host === undefined) return null
  const named = host ?? incoming.headers.host ?? ""
  const hasPort = /:\d+$/.test(named)
  return originOf(
    `${scheme ?? schemeOf(incoming)}://${named}${port === undefined || hasPort ? "" : `:${port}`}`,
  )
}
