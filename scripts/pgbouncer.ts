import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { freePort } from "./server-process"
import { findProgram } from "./system-programs"

/** PgBouncer refuses to run as root, so it gets a uid that nothing else on the machine runs as. */
const POOLER_UID = 61_378

export type PgBouncer = {
  /** The address of a database through the pooler. */
  pooled: (databaseUrl: string) => string
  /** SIGUSR1 pauses it: clients wait. SIGUSR2 lets them continue. */
  process: ChildProcess
  stop: () => Promise<void>
}

/**
 * Starts a PgBouncer in transaction mode, otherwise configured as in Debian's package, in front of a Postgres on this
 * machine.
 *
 * @param databaseUrls addresses of databases in that Postgres: their users may come in, to any of its databases
 */
export async function startPgBouncer(...databaseUrls: string[]): Promise<PgBouncer> {
  const program = findProgram("pgbouncer")
  if (!program) throw new Error("There is no PgBouncer: `npm test` installs one.")
  const targets = databaseUrls.map((url) => new URL(url))
  const [{ port: postgresPort } = new URL("postgres://127.0.0.1")] = targets
  const port = await freePort()
  const folder = await mkdtemp(path.join(tmpdir(), "pgbouncer-"))
  const [settings, users] = [path.join(folder, "pgbouncer.ini"), path.join(folder, "userlist.txt")]
  await writeFile(
    users,
    targets.map(({ username, password }) => `"${username}" "${decodeURIComponent(password)}"\n`).join(""),
    { mode: 0o600 },
  )
  await writeFile(
    settings,
    `[databases]
* = host=127.0.0.1 port=${postgresPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = md5
auth_file = ${users}
pool_mode = transaction
`,
  )
  const isRoot = process.getuid?.() === 0
  if (isRoot) for (const file of [folder, settings, users]) await chown(file, POOLER_UID, POOLER_UID)
  const pooler = spawn(program, [settings], {
    stdio: ["ignore", "ignore", "pipe"],
    ...(isRoot && { uid: POOLER_UID, gid: POOLER_UID }),
  })
  await untilListening(pooler)
  return {
    pooled(databaseUrl) {
      const url = new URL(databaseUrl)
      url.port = String(port)
      return url.href
    },
    process: pooler,
    async stop() {
      if (pooler.exitCode === null && pooler.signalCode === null) {
        const exit = once(pooler, "exit")
        pooler.kill("SIGTERM")
        await exit
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function untilListening(pooler: ChildProcess): Promise<void> {
  let output = ""
  return new Promise((resolve, reject) => {
    pooler.stderr?.on("data", (chunk: Buffer) => {
      output = (output + chunk).slice(-4_000)
      if (output.includes("process up")) resolve()
    })
    pooler.once("error", reject)
    pooler.once("exit", () => reject(new Error(`PgBouncer did not start: ${output}`)))
  })
}
