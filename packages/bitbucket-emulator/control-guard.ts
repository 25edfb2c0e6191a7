import { createHash, timingSafeEqual } from "node:crypto"
import type { Context, MiddlewareHandler } from "hono"

export interface ControlEnv {
  Bindings: { remoteAddress: string }
}

const LOOPBACK_ADDRESS = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

/** A proxy that forwards requests from elsewhere runs on this machine too. */
const FORWARDING_HEADERS = ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"]

/** Admits programs on this machine that use one of its names. The Host check stops DNS rebinding. */
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
 * Admits callers with the token, from any machine: in the header `X-Emulator-Control`, or as the password of HTTP Basic, with
 * which a browser opens the live page.
 */
export function guardToken(token: string): MiddlewareHandler<ControlEnv> {
  return async (context, next) => {
    const shown = [context.req.header("X-Emulator-Control"), readBasicPassword(context)]
    if (!shown.some((text) => text !== undefined && isSameText(text, token))) {
      context.header("WWW-Authenticate", 'Basic realm="bitbucket-emulator control"')
      const message = "The control API needs its token, in the header X-Emulator-Control."
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

/** A header that no form can send, and that other sites cannot send without a preflight, which never gets an answer. */
export function guardHeader(value: string): MiddlewareHandler<ControlEnv> {
  return async (context, next) => {
    if (!isSameText(context.req.header("X-Emulator-Control") ?? "", value)) {
      return refuse(context, "The control API needs the header X-Emulator-Control: 1, or its token.")
    }
    await next()
    return undefined
  }
}

/** Requests that a browser may send by itself, but only for the page they belong to. */
export const guardSameOrigin: MiddlewareHandler<ControlEnv> = async (context, next) => {
  const site = context.req.header("Sec-Fetch-Site") ?? "none"
  if (site !== "same-origin" && site !== "none") return refuse(context, "Open this from the live page.")
  await next()
  return undefined
}

function refuse(context: Context<ControlEnv>, message: string): Response {
  return context.json({ error: "forbidden", message }, 403)
}
