import "server-only"
import { subscribe } from "node:diagnostics_channel"
import type { ServerResponse } from "node:http"
import { setTimeout as wait } from "node:timers/promises"
import { environment } from "@/lib/env"
import { log } from "./log"
import { processWide } from "./process-wide"

const drain = () => processWide("draining", () => new AbortController())

/** For sending the last telemetry: a collector that does not answer must not delay the shutdown. */
const LONGEST_FLUSH_MS = 1_000

/** Whether this server has been told to stop: it still answers, but should get no new requests. */
export function isDraining(): boolean {
  return drainSignal().aborted
}

/** Aborts when this server is told to stop, for work that can stop half-way. */
export function drainSignal(): AbortSignal {
  return drain().signal
}

/**
 * Lets a server stop without failing a request. After SIGTERM, health says 503 and every response closes its connection,
 * for DRAIN_SECONDS. Then the server sends the remaining telemetry, and Next stops listening, finishes the requests in
 * progress, and exits.
 *
 * By itself, Next stops listening immediately and keeps the connections of a proxy open: if one is never idle,
 * the server does not exit until something kills it in the middle of a request.
 *
 * @param flush sends what telemetry has recorded so far, within a second. Next ends the process after its last request, so
 *   anything recorded later is lost
 */
export function drainOnSigterm(flush: () => Promise<void>): void {
  const nextCloses = process.listeners("SIGTERM")
  // If Next does not listen, as on Vercel, the platform ends the process.
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
