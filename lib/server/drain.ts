import "server-only"
import { subscribe } from "node:diagnostics_channel"
import type { ServerResponse } from "node:http"
import { setTimeout as wait } from "node:timers/promises"
import { environment } from "@/lib/env"
import { log } from "./log"
import { processWide } from "./process-wide"

const drain = () => processWide("draining", () => new AbortController())

/** For what is sent before the end: a collector that does not answer holds nobody up. */
const LONGEST_FLUSH_MS = 1_000

/** Whether this server has been told to end: it still answers, but nobody should send it more. */
export function isDraining(): boolean {
  return drainSignal().aborted
}

/** Aborts when this server is told to end, for work that can stop half-way. */
export function drainSignal(): AbortSignal {
  return drain().signal
}

/**
 * Lets a server end without failing a request. From SIGTERM on, health says 503 and every answer closes its
 * connection, for DRAIN_SECONDS; then what would be lost is sent, and Next stops listening, finishes what it has
 * begun, and ends.
 *
 * Next alone stops listening at once and leaves open the connections that a proxy keeps: one that is never idle
 * keeps the server from ending, until it is killed in the middle of a request.
 *
 * @param flush sends what telemetry has recorded so far, waited for a second at the most: Next ends the process
 *   together with its last request, so that of what is still being answered then nothing is sent
 */
export function drainOnSigterm(flush: () => Promise<void>): void {
  const nextCloses = process.listeners("SIGTERM")
  // Where Next does not listen, on Vercel for one, somebody else ends the process.
  if (environment().VERCEL || nextCloses.length === 0) return
  process.removeAllListeners("SIGTERM")
  process.on("SIGTERM", async () => {
    if (isDraining()) return
    drain().abort()
    log.info("draining")
    subscribe("http.server.request.start", (message) => {
      const { response } = message as { response: ServerResponse }
      response.setHeader("connection", "close")
    })
    await wait(environment().DRAIN_SECONDS * 1_000)
    await Promise.race([flush(), wait(LONGEST_FLUSH_MS)]).catch(() => log.warn("telemetry_not_delivered"))
    for (const close of nextCloses) close("SIGTERM")
  })
}
