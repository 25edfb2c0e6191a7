import { AsyncLocalStorage } from "node:async_hooks"
import type { LoggerInstance } from "@auth/core/types"
import { log } from "@/lib/server/log"

const report = new AsyncLocalStorage<{ error?: Error }>()

/**
 * Runs something of Auth.js and says which error it reported. Auth.js tells a browser nearly nothing of an
 * error and tells a caller nothing at all; its logger is the only place that hears.
 */
export async function withAuthErrorReport<Result>(
  run: () => Promise<Result>,
): Promise<{ result: Result; error: Error | undefined }> {
  const heard: { error?: Error } = {}
  const result = await report.run(heard, run)
  return { result, error: heard.error }
}

/** The logger of Auth.js. It writes an error's type only: messages and debug lines hold verifiers and tokens. */
export const authLogger: Partial<LoggerInstance> = {
  error(error) {
    const heard = report.getStore()
    if (heard) heard.error ??= error
    log.warn("auth_error", { code: "type" in error ? String(error.type) : error.name })
  },
  warn(code) {
    log.warn("auth_warning", { code })
  },
  debug() {},
}
