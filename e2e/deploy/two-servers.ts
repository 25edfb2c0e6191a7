import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { freePort, type ServerProcess } from "../../scripts/server-process"
import { startApp } from "../app-server"
import { startNginx } from "./nginx"

export type Deployment = {
  /** The output of its servers. */
  output: () => string
  stop: () => Promise<void>
  /** Stops a server as a deployment does, and starts it again in place. @returns how it ended, and after how long */
  restart: (index: 0 | 1) => Promise<{ exitCode: number | null; durationMs: number }>
}

/** Longer than nginx keeps an unused connection. */
const DRAIN_SECONDS = 5
/** As long as container engines wait before they kill a process. */
const LONGEST_END_MS = 30_000

/** Two servers of one deployment behind nginx, which listens with TLS at AUTH_URL. */
export async function startBehindNginx(environment: Record<string, string>): Promise<Deployment> {
  const folder = await mkdtemp(path.join(tmpdir(), "nginx-"))
  const ports: [number, number] = [await freePort(), await freePort()]
  const start = (port: number): Promise<ServerProcess> =>
    startApp(
      { ...environment, DRAIN_SECONDS: String(DRAIN_SECONDS), PORT: String(port) },
      `http://127.0.0.1:${port}`,
    )
  const servers = await Promise.all([start(ports[0]), start(ports[1])])
  const https = Number(new URL(environment.AUTH_URL ?? "").port)
  const nginx = await startNginx(folder, { https, http: await freePort(), servers: ports })
  return {
    output: () => servers.map((server) => server.output()).join("\n"),
    async stop() {
      await nginx.stop()
      await Promise.all(servers.map((server) => server.stop(LONGEST_END_MS)))
      await rm(folder, { recursive: true, force: true })
    },
    async restart(index) {
      const startedAt = performance.now()
      await servers[index].stop(LONGEST_END_MS)
      const durationMs = performance.now() - startedAt
      const { exitCode } = servers[index].process
      servers[index] = await start(ports[index])
      return { exitCode, durationMs }
    },
  }
}
