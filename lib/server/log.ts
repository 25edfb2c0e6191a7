import pino from "pino"
import { environment } from "@/lib/env"
import { requestContext } from "./request-context"

/** What the log may say about an event: never a token, code, secret, cookie, name or address. */
const fieldNames = [
  "account",
  "code",
  "reason",
  "id",
  "route",
  "status",
  "attempt",
  "durationMs",
  "count",
  "stack",
] as const

export type EventFields = Partial<Record<"account" | "code" | "reason" | "id" | "route", string>> &
  Partial<Record<"status" | "attempt" | "durationMs" | "count", number>> & {
    /** Functions, files and lines, without the message. */
    stack?: string[]
  }

let logger: pino.Logger | undefined

function getLogger(): pino.Logger {
  logger ??= pino(
    { level: environment().LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    // Bypasses `process.stdout`, which `lib/server/printed-text` intercepts.
    pino.destination({ fd: 1, sync: true }),
  )
  return logger
}

/** Only the fields that may be written, whatever else an object has, and the id of the request. */
function line(event: string, fields: EventFields): Record<string, unknown> {
  const allowed = fieldNames.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]]))
  const request = requestContext()?.requestId
  return { event, ...(request && { request }), ...Object.fromEntries(allowed) }
}

/** One JSON line per event on standard output; pino escapes what could forge a second line. */
export const log = {
  info: (event: string, fields: EventFields = {}) => getLogger().info(line(event, fields)),
  warn: (event: string, fields: EventFields = {}) => getLogger().warn(line(event, fields)),
  error: (event: string, fields: EventFields = {}) => getLogger().error(line(event, fields)),
}
