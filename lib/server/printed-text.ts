import "server-only"
import { failureCode, framesOf, isReported, reportFailure } from "./failure-report"
import { log } from "./log"

type Level = "info" | "warn" | "error"

const consoleLevels = {
  error: "error",
  trace: "error",
  warn: "warn",
  log: "info",
  info: "info",
  debug: "info",
} as const satisfies Partial<Record<keyof Console, Level>>

/**
 * From here on, every line that this process writes is one JSON object of `lib/server/log`. Text that Next, a library or
 * Node prints may contain URLs with codes, statements with values, or names. So the log gets only an error's code
 * and where it happened, and for other text only where in the code it was printed.
 */
export function logWhatIsPrinted(): void {
  for (const [name, level] of Object.entries(consoleLevels) as [keyof typeof consoleLevels, Level][]) {
    const print = (...printed: unknown[]) => logPrinted(level, printed, print)
    console[name] = print
  }
  for (const [stream, level] of [
    [process.stdout, "info"],
    [process.stderr, "error"],
  ] as const) {
    const write: typeof stream.write = (text, ...rest: unknown[]) => {
      logPrinted(level, [text], write)
      const done = rest.find((one) => typeof one === "function")
      if (done) process.nextTick(done as () => void)
      return true
    }
    stream.write = write
  }
  // Node's own listener prints them.
  process.removeAllListeners("warning")
  process.on("warning", (warning) => {
    log.warn("node_warning", { code: failureCode(warning), stack: framesOf(warning) })
  })
  process.prependListener("uncaughtException", (error) => reportFailure("uncaught_exception", error))
  process.prependListener("unhandledRejection", (reason) => reportFailure("unhandled_rejection", reason))
}

/** @param printer is left out of the stack that says who printed */
function logPrinted(level: Level, printed: unknown[], printer: (...given: never[]) => unknown): void {
  const error = printed.find((one) => one instanceof Error)
  if (error) {
    // Next prints an error first, and then calls `onRequestError`, which knows its route and id.
    setImmediate(() => isReported(error) || reportFailure("unexpected_error", error))
    return
  }
  const here = new Error()
  Error.captureStackTrace(here, printer)
  log[level]("printed", { stack: framesOf(here) })
}
