import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { Client } from "pg"
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest"
import { startEmbeddedPostgres } from "./embedded-postgres"
import { freePort } from "./server-process"

/** What the first start makes: the data directory and its passwords. Each test begins with a copy. */
let made: string
let folder: string
let dataDirectory: string

beforeAll(async () => {
  made = await mkdtemp(path.join(tmpdir(), "embedded-postgres-made-"))
  const options = { dataDirectory: path.join(made, "data"), port: await freePort(), isDurable: false }
  await (await startEmbeddedPostgres(options)).stop()
})

afterAll(() => rm(made, { recursive: true, force: true }))

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "embedded-postgres-test-"))
  dataDirectory = path.join(folder, "data")
  execFileSync("cp", ["-a", `${made}/.`, folder])
  // Runs last, when every server below it has stopped.
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
})

async function startPostgres() {
  const postgres = await startEmbeddedPostgres({ dataDirectory, port: await freePort(), isDurable: false })
  onTestFinished(postgres.stop)
  return postgres
}

async function connect(url: string): Promise<Client> {
  const client = new Client(url)
  // A server that stops ends its connections; without a listener that would end the run.
  client.on("error", () => undefined)
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

/** The SQLSTATE of the refusal, or "let in". */
function refusalOf(url: string): Promise<string> {
  const client = new Client(url)
  return client.connect().then(
    () => client.end().then(() => "let in"),
    (error: { code?: string; message: string }) => error.code ?? error.message,
  )
}

describe("the embedded Postgres", () => {
  test("lets no local user in without the right password, as whichever role", async () => {
    const { url } = await startPostgres()
    const { host } = new URL(url)
    for (const role of ["app", "postgres", "nobody", "root"])
      for (const database of ["app", "postgres", "template1"])
        expect(await refusalOf(`postgres://${role}:wrong@${host}/${database}`), role).toBe("28P01")
    expect(await refusalOf(`postgres://app@${host}/app`)).not.toBe("let in")
    expect(await refusalOf(url)).toBe("let in")
  })

  test("stores no password in a form weaker than SCRAM, and keeps them across restarts", async () => {
    const first = await startPostgres()
    await first.stop()
    const second = await startPostgres()
    expect(new URL(second.url).password).toBe(new URL(first.url).password)
    const { rows } = await (await connect(second.superuserUrl)).query(
      "select rolname, rolpassword like 'SCRAM-SHA-256$%' as scram from pg_authid where rolcanlogin",
    )
    expect(rows).toEqual(
      expect.arrayContaining([
        { rolname: "app", scram: true },
        { rolname: "postgres", scram: true },
      ]),
    )
    expect(rows).toHaveLength(2)
  })

  test("gives the app a role that reads no file and runs no program", async () => {
    const client = await connect((await startPostgres()).url)
    for (const statement of [
      "select pg_read_file('/etc/passwd')",
      "select pg_ls_dir('/')",
      "copy (select 1) to program 'id'",
      "copy (select 1) to '/tmp/from-the-app-role'",
      "create role another superuser",
      "alter role app superuser",
      "select rolpassword from pg_authid",
    ])
      await expect(client.query(statement), statement).rejects.toMatchObject({ code: "42501" })
  })

  test("runs without a capability, as a user that owns nothing else, and without our environment", async () => {
    const { process: server, superuserUrl } = await startPostgres()
    if (process.platform === "linux") {
      const status = await readFile(`/proc/${server.pid}/status`, "utf8")
      for (const set of ["CapInh", "CapPrm", "CapEff", "CapAmb"])
        expect(status).toMatch(new RegExp(`^${set}:\\s+0+$`, "m"))
      const environment = await readFile(`/proc/${server.pid}/environ`, "utf8")
      expect(environment).toContain("LC_ALL=C")
      expect(environment).not.toMatch(/VITEST|npm_|HOME=/)
    }
    const client = await connect(superuserUrl)
    if (process.getuid?.() === 0)
      await expect(client.query("select pg_read_file('/etc/shadow')")).rejects.toMatchObject({
        code: "42501",
      })
  })

  test("keeps its files and its passwords from every other user of the machine", async () => {
    await startPostgres()
    for (const name of await readdir(folder)) {
      const { mode } = await stat(path.join(folder, name))
      expect(mode & 0o077, name).toBe(0)
    }
    if (process.getuid?.() !== 0) return
    // Where we are root we can also try, as the user that other services run as.
    const look = spawn("/bin/sh", ["-c", `cat ${dataDirectory}/PG_VERSION ${dataDirectory}.passwords`], {
      uid: 65_534,
      gid: 65_534,
    })
    const [exitCode] = await once(look, "close")
    expect(exitCode).not.toBe(0)
  })

  test("starts in a folder that only root may enter", async () => {
    const { mode } = await stat(folder)
    expect(mode & 0o077).toBe(0)
    expect(await refusalOf((await startPostgres()).url)).toBe("let in")
  })

  test("sets aside a database of version 0.1.0, which asked for no password, and says where", async () => {
    const first = await startPostgres()
    await first.stop()
    await rm(`${dataDirectory}.passwords`)
    const said: string[] = []
    const log = console.log
    console.log = (line: string) => said.push(line)
    onTestFinished(() => {
      console.log = log
    })
    const second = await startPostgres()
    expect(await refusalOf(second.url)).toBe("let in")
    const [kept] = (await readdir(folder)).filter((name) => name.startsWith("data-without-passwords-"))
    expect(said.join()).toContain(kept)
  })
})

describe("a postmaster.pid that a crash left behind", () => {
  function startSleeper(cwd: string, argv0 = process.execPath): ChildProcess {
    const sleeper = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { cwd, argv0 })
    onTestFinished(() => {
      sleeper.kill("SIGKILL")
    })
    return sleeper
  }

  async function leavePidFile(pid: number | undefined): Promise<void> {
    const first = await startPostgres()
    const file = path.join(dataDirectory, "postmaster.pid")
    const content = await readFile(file, "utf8")
    first.process.kill("SIGKILL")
    await once(first.process, "exit")
    await writeFile(file, content.replace(/^\d+/, String(pid)))
  }

  test("stops no other program that now has the process id, whatever its name and folder", async () => {
    for (const [cwd, name] of [
      [tmpdir(), process.execPath],
      [tmpdir(), "/usr/bin/postgres"],
    ] as const) {
      const other = startSleeper(cwd, name)
      await leavePidFile(other.pid)
      const again = await startPostgres()
      expect(other.exitCode ?? other.signalCode).toBeNull()
      await again.stop()
    }
  })

  test("stops no Postgres of another data directory", async () => {
    execFileSync("cp", ["-a", dataDirectory, path.join(folder, "other")])
    execFileSync("cp", ["-a", `${dataDirectory}.passwords`, path.join(folder, "other.passwords")])
    const other = await startEmbeddedPostgres({
      dataDirectory: path.join(folder, "other"),
      port: await freePort(),
      isDurable: false,
    })
    onTestFinished(other.stop)
    await leavePidFile(other.process.pid)
    await startPostgres()
    expect(await refusalOf(other.url)).toBe("let in")
  })

  test("names a Postgres of this data directory that still runs: it stops, and its data is served again", async () => {
    const first = await startPostgres()
    const client = await connect(first.url)
    client.on("error", () => undefined)
    await client.query("create table kept as select 1 as one")
    const second = await startPostgres()
    expect(first.process.exitCode).toBe(0)
    expect((await (await connect(second.url)).query("select one from kept")).rows).toEqual([{ one: 1 }])
  })
})
