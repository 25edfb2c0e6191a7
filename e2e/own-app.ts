import { freePort } from "../scripts/server-process"
import { startApp } from "./app-server"

export type OwnApp = {
  url: string
  pid: number
  /** All that it has written so far, not only the end of it. */
  log: () => string
  [Symbol.asyncDispose]: () => Promise<void>
}

/**
 * A server of one's own, for what the server of all tests must not be asked: another environment, or its end.
 *
 * @param environment of the server of all tests, with what is to be different
 * @param port another than a free one, where it must take the place of one that has ended
 */
export async function startOwnApp(
  environment: Record<string, string>,
  port?: number,
): Promise<OwnApp & { port: number }> {
  const chosen = port ?? (await freePort())
  const url = `http://localhost:${chosen}`
  const app = await startApp({ ...environment, AUTH_URL: url, PORT: String(chosen) })
  let text = `${app.output()}\n`
  const keep = (chunk: Buffer) => {
    text += chunk
  }
  app.process.stdout?.on("data", keep)
  app.process.stderr?.on("data", keep)
  return {
    url,
    port: chosen,
    pid: app.process.pid ?? 0,
    log: () => text,
    [Symbol.asyncDispose]: app.stop,
  }
}
