import type { Clock } from "./clock.ts"
import type { FaultKind } from "./faults.ts"
import type { Identity, IsClientKey } from "./identify.ts"
import { redactBody, redactHeaders } from "./message-redaction.ts"
import type { ReceivedRequest } from "./received-request.ts"
import { redactAddress, redactAuthorization, redactParameters, redactSecret, shorten } from "./redaction.ts"

/** One request, safe to show: never with a code, token, secret or password. */
export interface JournalRow {
  /** When it arrived, on the emulator's clock. */
  readonly at: string
  readonly method: string
  readonly origin: "site" | "api"
  /** Without the query. */
  readonly path: string
  readonly grant_type: string | null
  /** The response, even if a fault lost it on the way; null while there is none. */
  status: number | null
  readonly query: Record<string, string>
  readonly form: Record<string, string>
  /** The scheme of the Authorization header and the size of the rest. */
  readonly authorization: string | null
  readonly username: string | null
  readonly client_id: string | null
  /** Where the response redirects the browser, its query redacted. */
  location: string | null
  /** The fault that affected this request. */
  fault: FaultKind | null
  /** Wall time from arrival to response. */
  duration_ms: number | null
}

/** The details that the live page shows for a row: headers and body, redacted like everything else here. */
interface ExchangeDetail {
  requestHeaders: Record<string, string>
  responseHeaders: Record<string, string>
  responseBody: unknown
}

export interface JournalEntry {
  readonly row: JournalRow
  /** Null once the entry is old: rows are for counting, details for reading. */
  detail: ExchangeDetail | null
}

/** Enough for every test, and a limit for an emulator that runs for weeks. */
const CAPACITY = 10_000
const DETAILED = 500

/** Every request to the emulated Bitbucket in the order of arrival, without those of the control API. */
export class Journal {
  readonly #clock: Clock
  readonly #isClientKey: IsClientKey
  #entries: JournalEntry[] = []

  constructor(clock: Clock, isClientKey: IsClientKey) {
    this.#clock = clock
    this.#isClientKey = isClientKey
  }

  /** Opens a row before the response, so that unanswered requests are visible too. */
  open(request: ReceivedRequest, identity: Identity): OpenEntry {
    const authorization = request.headers.get("Authorization")
    const grantType = request.form.get("grant_type")
    const { username, clientKey } = identity
    const isClientKey = this.#isClientKey
    const row: JournalRow = {
      at: this.#clock.date().toISOString(),
      method: request.method,
      origin: request.origin,
      path: shorten(request.path),
      grant_type: grantType === null ? null : shorten(grantType),
      status: null,
      query: redactParameters(request.query, isClientKey),
      form: redactParameters(request.form, isClientKey),
      authorization: authorization === null ? null : redactAuthorization(authorization),
      username,
      client_id: clientKey === null || isClientKey(clientKey) ? clientKey : redactSecret(clientKey),
      location: null,
      fault: null,
      duration_ms: null,
    }
    const requestHeaders = redactHeaders(request.headerLines, isClientKey)
    const entry = { row, detail: { requestHeaders, responseHeaders: {}, responseBody: null } }
    this.#entries.push(entry)
    if (this.#entries.length > CAPACITY) this.#entries.shift()
    const aged = this.#entries.at(-DETAILED - 1)
    if (aged !== undefined) aged.detail = null
    return new OpenEntry(entry, isClientKey)
  }

  entries(): readonly JournalEntry[] {
    return this.#entries
  }

  list(): readonly JournalRow[] {
    return this.#entries.map(({ row }) => row)
  }

  clear(): void {
    this.#entries = []
  }
}

/** An entry that waits for its response. */
export class OpenEntry {
  readonly #entry: JournalEntry
  readonly #isClientKey: IsClientKey
  readonly #startedAt = performance.now()

  constructor(entry: JournalEntry, isClientKey: IsClientKey) {
    this.#entry = entry
    this.#isClientKey = isClientKey
  }

  meetFault(kind: FaultKind): void {
    this.#entry.row.fault = kind
  }

  /** With a fault that delays it, the response has left, or was lost, only now. */
  noteEnd(): void {
    this.#entry.row.duration_ms = Math.round((performance.now() - this.#startedAt) * 10) / 10
  }

  get isClosed(): boolean {
    return this.#entry.row.status !== null
  }

  /** Records the response. Bitbucket's own response is recorded before any fault can lose it. */
  close(response: Response, body: object | string | null): void {
    const { row, detail } = this.#entry
    const location = response.headers.get("Location")
    row.status = response.status
    row.location = location === null ? null : redactAddress(location, this.#isClientKey)
    this.noteEnd()
    if (detail === null) return
    detail.responseHeaders = redactHeaders(response.headers, this.#isClientKey)
    detail.responseBody = redactBody(row.origin, body, this.#isClientKey)
  }
}
