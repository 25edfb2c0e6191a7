import "server-only"
import { randomUUID } from "node:crypto"
import { subscribe } from "node:diagnostics_channel"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Server, Socket } from "node:net"
import { environment } from "@/lib/env"
import { isHiddenByProxy } from "@/lib/server/limits/client-address"
import { log } from "./log"
import { LARGEST_BODY_BYTES } from "./request-body"
import { enterRequestContext, type RequestContext } from "./request-context"

/** The methods of this app's pages, routes and actions. Next would answer most others with a page, and TRACE with 500. */
const methods = new Set(["GET", "HEAD", "POST", "OPTIONS"])

/** There is no page here: Next answers with its 404 page. */
const NOWHERE = "/404"

/**
 * Sees every request before Next does, through Node's own channel: gives it an id, notes its client's address, and sends
 * requests that this app cannot accept to a route that refuses them.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html#http
 */
export function followRequests(): void {
  const { VERCEL, NODE_ENV } = environment()
  if (NODE_ENV === "production") ignoreUpgrades()
  const warnOfHiddenClients = hiddenClientsWarning()
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    const forwardedFor = request.headers["x-forwarded-for"]
    const requestId = randomUUID()
    const context = {
      requestId,
      peerAddress: request.socket.remoteAddress,
      forwardedFor: Array.isArray(forwardedFor) ? forwardedFor.join(",") : forwardedFor,
    }
    enterRequestContext(context)
    response.setHeader("x-request-id", requestId)
    // Vercel refuses such requests itself, and passes on the others in its own way.
    if (VERCEL) return
    warnOfHiddenClients(context)
    const refusal = refusalOf(request)
    if (refusal) {
      request.method = "GET"
      request.url = `/api/refused/${refusal}`
    } else if (!hasDecodablePath(request)) request.url = NOWHERE
  })
}

/** @returns a function that logs once, at the first request that shows it, that no limit per address applies here */
function hiddenClientsWarning(): (context: RequestContext) => void {
  const { TRUSTED_PROXIES, RATE_LIMIT_PER_ADDRESS } = environment()
  let isSaid = RATE_LIMIT_PER_ADDRESS === 0
  return (context) => {
    if (isSaid || !isHiddenByProxy(context, TRUSTED_PROXIES)) return
    isSaid = true
    log.warn("no_limit_per_address", { reason: "trusted_proxies_unset" })
  }
}

/** Next decodes the parts of a path when a page reads them, and answers 500 if they are not UTF-8. */
function hasDecodablePath({ url = "" }: IncomingMessage): boolean {
  try {
    decodeURIComponent(url.split("?", 1)[0] ?? "")
    return true
  } catch {
    return false
  }
}

/**
 * This app does not use WebSocket. Next would keep a connection that asks for it open forever; without a listener for
 * upgrades, Node ignores the header and answers the request (RFC 9110 §7.8).
 */
function ignoreUpgrades(): void {
  subscribe("net.server.socket", (message) => {
    const { socket } = message as { socket: Socket & { server: Server } }
    socket.server.removeAllListeners("upgrade")
  })
}

/** Decided before reading the body, because Next would read all of it. Browsers say how long a form is. */
function refusalOf({
  method = "",
  url = "",
  headers,
  rawHeaders,
}: IncomingMessage): 400 | 405 | 411 | 413 | null {
  if (!methods.has(method)) return 405
  // RFC 9112 §3.2.4 defines `*` for OPTIONS, which this app does not support and which makes Next fail.
  if (!url.startsWith("/") && !URL.canParse(url)) return 400
  // RFC 9112 §3.2. Node uses the first, and a proxy may have used the last.
  if (rawHeaders.filter((text, index) => index % 2 === 0 && /^host$/i.test(text)).length > 1) return 400
  if (headers["transfer-encoding"] !== undefined) return 411
  return Number(headers["content-length"] ?? 0) > LARGEST_BODY_BYTES ? 413 : null
}
