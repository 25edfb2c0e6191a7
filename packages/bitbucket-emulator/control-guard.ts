import type { Context, MiddlewareHandler } from "hono"

export interface ControlEnv {
  Bindings: { remoteAddress: string }
}

const LOOPBACK_ADDRESS = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

/** Programs on this machine that name this machine. The Host check stops DNS rebinding. */
export const guardMachine: MiddlewareHandler<ControlEnv> = async (context, next) => {
  if (!LOOPBACK_ADDRESS.test(context.env.remoteAddress)) {
    return refuse(context, "The control API answers loopback only.")
  }
  if (!LOOPBACK_HOST.test(context.req.header("Host") ?? "")) {
    return refuse(context, "The control API answers under a loopback host name only.")
  }
  await next()
  return undefined
}

/** A header that no form can send, and no foreign page may without a preflight that is never answered. */
export const guardHeader: MiddlewareHandler<ControlEnv> = async (context, next) => {
  if (context.req.header("X-Emulator-Control") !== "1") {
    return refuse(context, "The control API asks for the header X-Emulator-Control: 1.")
  }
  await next()
  return undefined
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
