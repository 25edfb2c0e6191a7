import { spawn } from "node:child_process"
import { randomInt } from "node:crypto"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "vitest"

/** nginx in front of some ports of this machine, with one port for each. */
export interface Nginx {
  /** The origin of each, in the order of the targets. */
  readonly origins: readonly string[]
  readonly stop: () => Promise<void>
}

/**
 * Starts nginx; `directives` are added to every location. nginx names the target in `Host`, as it does by default, and takes
 * a location's path off if a target ends with a slash.
 */
export async function startNginx(
  targets: readonly string[],
  directives = "",
  location = "/",
): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "emulator-nginx-"))
  const ports = await Promise.all(targets.map(freePort))
  const servers = targets.map(
    (target, index) =>
      `server { listen 127.0.0.1:${ports[index]}; location ${location} { proxy_pass ${target}; ${directives} } }`,
  )
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn;
    ${process.getuid?.() === 0 ? "user root;" : ""}
    events {}
    http { access_log off; ${places.map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")} ${servers.join("\n")} }`,
  )
  const nginx = spawn(findNginx(), ["-e", "stderr", "-c", join(folder, "nginx.conf")], {
    stdio: ["ignore", "ignore", "pipe"],
  })
  let complaints = ""
  nginx.stderr.on("data", (chunk) => {
    complaints += chunk
  })
  const exited = new Promise<void>((resolve) => nginx.once("close", () => resolve()))
  const origins = ports.map((port) => `http://127.0.0.1:${port}`)
  await expect
    .poll(() => Promise.all(origins.map(answers)), { message: complaints })
    .toEqual(origins.map(() => true))
  return {
    origins,
    stop: async () => {
      nginx.kill("SIGTERM")
      await exited
      rmSync(folder, { recursive: true })
    },
  }
}

/** Debian puts servers in a directory that only root's PATH includes. */
function findNginx(): string {
  return existsSync("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx"
}

/**
 * Above the last port that fetch refuses, and below the range from which Linux takes ports for clients and for port 0, so
 * that no other process gets it first.
 */
async function freePort(): Promise<number> {
  const server = createServer()
  const port = randomInt(10_081, 32_768)
  const isFree = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })
  return isFree ? port : freePort()
}

function answers(origin: string): Promise<boolean> {
  return fetch(origin).then(
    (response) => response.body?.cancel().then(() => true) ?? true,
    () => false,
  )
}
