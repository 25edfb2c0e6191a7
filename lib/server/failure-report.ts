import { randomUUID } from "node:crypto"
import { isDatabaseError } from "@/lib/db/errors"
import { type EventFields, log } from "./log"
import { processWide } from "./process-wide"
import { requestContext } from "./request-context"

/** Reports each error once: Next prints those that it also passes to `onRequestError`. */
const reported = () => processWide("reported-errors", () => new WeakSet<object>())

/**
 * Reports a failure as one line of the log: its code, an id that a page may show, and where in the code it
 * happened. Never its message, which may contain anything; see `framesOf`.
 *
 * @param fields override what the error says
 * @returns the id from `fields`, or that of the request
 */
export function reportFailure(event: string, error: unknown, fields: EventFields = {}): string {
  const id = fields.id ?? requestContext()?.requestId ?? randomUUID()
  if (isReported(error)) return id
  if (typeof error === "object" && error !== null) reported().add(error)
  const origin = originOf(error)
  log.error(event, {
    code: failureCode(origin),
    ...reasonOf(origin),
    stack: framesOf(origin),
    ...fields,
    id,
  })
  return id
}

export function isReported(error: unknown): boolean {
  return typeof error === "object" && error !== null && reported().has(error)
}

/** The kind of failure: one of our codes, otherwise the error's class. */
export function failureCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown"
  const isOurs = "code" in error && typeof error.code === "string" && /^[a-z_]+$/.test(error.code)
  if (isOurs) return String(error.code)
  return /^\w{1,40}$/.test(error.name) ? error.name : "Error"
}

/** The SQLSTATE or code of a failure of the database, or one of Node's codes, such as `ERR_INVALID_URL`. */
function reasonOf(error: unknown): { reason?: string } {
  if (isDatabaseError(error)) return { reason: error.reason }
  const code = error instanceof Error && "code" in error ? error.code : undefined
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? { reason: code } : {}
}

/** The first of the errors that others wrapped. Auth.js nests them as `cause.err`. */
export function originOf(error: unknown): unknown {
  let origin = error
  let link = error
  for (let depth = 0; depth < 8 && typeof link === "object" && link !== null; depth++) {
    if (link instanceof Error) origin = link
    link = ("err" in link && link.err) || ("cause" in link && link.cause)
  }
  return origin
}

const MOST_FRAMES = 12

/** A line of V8's: perhaps the name of a function, then a file, a line and a column. Nothing else may look so. */
const frame =
  /^ {4}at (?:(?:async |new )*([\w$.<>[\]# ]{1,80}) \()?(?:async )?((?:node:|file:\/\/|\/)[\w./@()[\]%~+=-]{1,300}:\d+:\d+)\)?$/

/** Where an error was made, as `function file:line:column`, without the message before it. */
export function framesOf(error: unknown): string[] {
  if (!(error instanceof Error) || typeof error.stack !== "string") return []
  const { stack, message } = error
  const frames =
    message && stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : stack
  return frames
    .split("\n")
    .flatMap((line) => {
      const [, name, place] = frame.exec(line) ?? []
      return place ? [`${name ? `${name} ` : ""}${place.replace(`${process.cwd()}/`, "")}`] : []
    })
    .slice(0, MOST_FRAMES)
}
