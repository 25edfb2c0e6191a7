import type { MiddlewareHandler } from "hono"

export interface ControlEnv {
  Bindings: { remoteAddress: string }
}

const LOOPBACK_ADDRESS = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

/**
 * Who may steer: a program on this machine that names this machine. The Host check stops DNS rebinding; the header,
 * which no form can send and no foreign page may without a preflight that is never answered, stops the browser.
 */
export const guardControl: MiddlewareHandler<ControlEnv> = async (context, next) => {
  if (!LOOPBACK_ADDRESS.test(context.env.remoteAddress))
    return refuse("The control API answers loopback only.")
  if (!LOOPBACK_HOST.test(context.req.header("Host") ?? "")) {
    return refuse("The control API answers under a loopback host name only.")
  }
  if (context.req.header("X-Emulator-Control") !== "1") {
    return refuse("The control API asks for the header X-Emulator-Control: 1.")
  }
  await next()
  return undefined

  function refuse(message: string): Response {
    return context.json({ error: "forbidden", message }, 403)
  }
}
