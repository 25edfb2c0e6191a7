import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response"
import type { Clock } from "./clock.ts"
import type { FaultKind } from "./faults.ts"
import type { Identity } from "./identify.ts"
import type { ReceivedRequest } from "./received-request.ts"
import { redactAddress, redactAuthorization, redactParameters } from "./redaction.ts"

/** One request as it may be shown to anybody: never a code, token, secret or password. */
export interface JournalRow {
  /** When it arrived, on the emulator's clock. */
  readonly at: string
  readonly method: string
  readonly origin: "site" | "api"
  /** Without the query. */
  readonly path: string
  readonly grant_type: string | null
  /** What was answered, even if a fault lost it on the way; null while, or when, nothing was. */
  status: number | null
  readonly query: Record<string, string>
  readonly form: Record<string, string>
  /** The scheme of the Authorization header and the size of the rest. */
  readonly authorization: string | null
  readonly username: string | null
  readonly client_id: string | null
  /** Where the answer sends the browser, its query redacted. */
  location: string | null
  /** The fault that met this request. */
  fault: FaultKind | null
  /** Wall time from arrival to answer. */
  duration_ms: number | null
}

/** Enough for every test, and a bound for an emulator that runs for weeks. */
const CAPACITY = 10_000

/** Every request to the emulated Bitbucket in the order of arrival. The control API's own are not in it. */
export class Journal {
  readonly #clock: Clock
  #rows: JournalRow[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Opens a row before the request is answered, so that one that never is can be seen too. */
  open(request: ReceivedRequest, identity: Identity): OpenRow {
    const authorization = request.headers.get("Authorization")
    const row: JournalRow = {
      at: this.#clock.date().toISOString(),
      method: request.method,
      origin: request.origin,
      path: request.path,
      grant_type: request.form.get("grant_type"),
      status: null,
      query: redactParameters(request.query),
      form: redactParameters(request.form),
      authorization: authorization === null ? null : redactAuthorization(authorization),
      username: identity.username,
      client_id: identity.clientKey,
      location: null,
      fault: null,
      duration_ms: null,
    }
    if (this.#rows.length === CAPACITY) this.#rows.shift()
    this.#rows.push(row)
    return new OpenRow(row)
  }

  list(): readonly JournalRow[] {
    return this.#rows
  }

  clear(): void {
    this.#rows = []
  }
}

/** A row that waits for its answer. */
export class OpenRow {
  readonly #row: JournalRow
  readonly #startedAt = performance.now()

  constructor(row: JournalRow) {
    this.#row = row
  }

  meetFault(kind: FaultKind): void {
    this.#row.fault = kind
  }

  /** Bitbucket's own answer. It is written down before any fault can lose it. */
  close(response: Response): void {
    const location = response.headers.get("Location")
    this.#row.status = response.status
    this.#row.location = location === null ? null : redactAddress(location)
    this.#row.duration_ms = Math.round((performance.now() - this.#startedAt) * 10) / 10
  }

  /** The answer of a fault that kept the request from Bitbucket, if it gave one. */
  closeUnlessClosed(response: Response): void {
    if (this.#row.status === null && response !== RESPONSE_ALREADY_SENT) this.close(response)
  }
}
