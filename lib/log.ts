import pino from "pino"
import { environment } from "@/lib/env"

/** What may be written about an event. No token, code, secret, cookie, name or address ever is. */
type EventFields = {
  account?: string
  connection?: string
  code?: string
  reason?: string
  status?: number
  attempt?: number
  durationMs?: number
  count?: number
}

let logger: pino.Logger | undefined

function getLogger(): pino.Logger {
  logger ??= pino({ level: environment().LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime })
  return logger
}

/** One JSON line per event on standard output; pino escapes what could forge a second line. */
export const log = {
  info: (event: string, fields: EventFields = {}) => getLogger().info({ event, ...fields }),
  warn: (event: string, fields: EventFields = {}) => getLogger().warn({ event, ...fields }),
  error: (event: string, fields: EventFields = {}) => getLogger().error({ event, ...fields }),
}
