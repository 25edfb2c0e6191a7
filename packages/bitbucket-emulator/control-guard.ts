import { createHash, timingSafeEqual } from "node:crypto"
import type { Context, MiddlewareHandler } from "hono"

export interface ControlEnv {
  Bindings: { remoteAddress: string }
}

const LOOPBACK_ADDRESS = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

/** A proxy that forwards for others runs on this machine too. */
const FORWARDING_HEADERS = ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"]

/** Programs on this machine that name this machine. The Host check stops DNS rebinding. */
export const guardMachine: MiddlewareHandler<ControlEnv> = async (context, next) => {
  if (!LOOPBACK_ADDRESS.test(context.env.remoteAddress)) {
    return refuse(context, "The control API answers loopback only.")
  }
  if (!LOOPBACK_HOST.test(context.req.header("Host") ?? "")) {
    return refuse(context, "The control API answers under a loopback host name only.")
  }
  if (FORWARDING_HEADERS.some((name) => context.req.header(name) !== undefined)) {
    return refuse(context, "The control API does not answer through a proxy.")
  }
  await next()
  return undefined
}

/**
 * Callers that show the token, from wherever: in the header `X-Emulator-Control`, or as the password of HTTP Basic, which is
 * how a browser opens the live page.
 */
export function guardToken(token: string): MiddlewareHandler<ControlEnv> {
  return async (context, next) => {
    const shown = [context.req.header("X-Emulator-Control"), readBasicPassword(context)]
    if (!shown.some((text) => text !== undefined && isSameText(text, token))) {
      context.header("WWW-Authenticate", 'Basic realm="bitbucket-emulator control"')
      const message = "The control API asks for its token, in the header X-Emulator-Control."
      return context.json({ error: "unauthorized", message }, 401)
    }
    await next()
    return undefined
  }
}

function readBasicPassword(context: Context): string | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(context.req.header("Authorization") ?? "")?.[1]
  return /:(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString("utf8"))?.[1]
}

function isSameText(one: string, other: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest()
  return timingSafeEqual(hash(one), hash(other))
}

/** A header that no form can send, and no foreign page may without a preflight that is never answered. */
export function guardHeader(value: string): MiddlewareHandler<ControlEnv> {
  return async (context, next) => {
    if (!isSameText(context.req.header("X-Emulator-Control") ?? "", value)) {
      return refuse(context, "The control API asks for the header X-Emulator-Control: 1, or with its token.")
    }
    await next()
    return undefined
  }
}

/** What a browser may fetch by itself, but only for the page that it belongs to. */
export const guardSameOrigin: MiddlewareHandler<ControlEnv> = async (context, next) => {
  const site = context.req.header("Sec-Fetch-Site") ?? "none"
  if (site !== "same-origin" && site !== "none") return refuse(context, "Open this from the live page.")
  await next()
  return undefined
}

function refuse(context: Context<ControlEnv>, message: string): Response {
  return context.json({ error: "forbidden", message }, 403)
}
