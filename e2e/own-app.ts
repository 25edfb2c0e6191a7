import { freePort } from "../scripts/server-process"
import { startApp } from "./app-server"

export type OwnApp = {
  url: string
  pid: number
  /** Its whole output so far, not only the end. */
  log: () => string
  [Symbol.asyncDispose]: () => Promise<void>
}

/**
 * A separate server, for a test that needs another environment or ends the server.
 *
 * @param environment of the shared server, with the differences
 * @param port instead of a free one, to take the place of a server that has ended
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
