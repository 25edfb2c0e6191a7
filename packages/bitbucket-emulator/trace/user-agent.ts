import type { Clock } from "../clock.ts"
import { redactBody, redactHeaders } from "../message-redaction.ts"
import { redactAddress, redactParameters } from "../redaction.ts"
import type { Hop } from "./hop.ts"

/** The parts of a response that a program acting as a browser needs. */
export interface Answer {
  readonly address: URL
  readonly status: number
  /** The resolved redirect target. */
  readonly location: URL | null
}

/**
 * As much of a browser as a sign-in needs: cookies per hostname, whatever the port, and redirects one at a time. It
 * keeps a redacted record of every hop.
 */
export class UserAgent {
  readonly hops: Hop[] = []
  readonly #clock: Clock
  readonly #cookies = new Map<string, Map<string, string>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(address: URL): Promise<Answer> {
    return this.#send(address, null)
  }

  post(address: URL, form: Record<string, string>): Promise<Answer> {
    return this.#send(address, new URLSearchParams(form))
  }

  cookie(address: URL, name: string): string | undefined {
    return this.#jarOf(address).get(name)
  }

  #jarOf({ hostname }: URL): Map<string, string> {
    const jar = this.#cookies.get(hostname) ?? new Map<string, string>()
    this.#cookies.set(hostname, jar)
    return jar
  }

  async #send(address: URL, form: URLSearchParams | null): Promise<Answer> {
    const jar = this.#jarOf(address)
    const headers: Record<string, string> = { accept: "text/html" }
    if (jar.size > 0) headers.cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ")
    if (form !== null) headers.origin = address.origin
    const at = this.#clock.date().toISOString()
    const startedAt = performance.now()
    const response = await fetch(address, {
      method: form === null ? "GET" : "POST",
      body: form,
      headers,
      redirect: "manual",
    })
    const body = await response.text()
    for (const line of response.headers.getSetCookie()) keepCookie(jar, line)
    const location = response.headers.get("Location")
    this.hops.push({
      at,
      from: "browser",
      method: form === null ? "GET" : "POST",
      address: redactAddress(address.href, showClientKey),
      query: redactParameters(address.searchParams, showClientKey),
      requestHeaders: redactHeaders(Object.entries(headers), showClientKey),
      form: redactParameters(form ?? new URLSearchParams(), showClientKey),
      status: response.status,
      responseHeaders: redactHeaders(response.headers, showClientKey),
      responseBody: redactBody("site", body, showClientKey),
      durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
      fault: null,
    })
    return {
      address,
      status: response.status,
      location: location === null ? null : new URL(location, address),
    }
  }
}

/** Only the emulator's journal knows all keys; the person who runs a trace has configured this one. */
function showClientKey(): boolean {
  return true
}

function keepCookie(jar: Map<string, string>, line: string): void {
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  const isGone = value === "" || /;\s*max-age=0\s*(;|$)/i.test(line)
  if (isGone) jar.delete(name)
  else jar.set(name, value)
}
