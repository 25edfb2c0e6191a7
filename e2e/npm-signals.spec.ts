import { spawn } from "node:child_process"
import { once } from "node:events"
import { cp, rm } from "node:fs/promises"
import { connect } from "node:net"
import path from "node:path"
import { fingerprintSources, noteBuild } from "../scripts/demo-build"
import { copyNextTo } from "../scripts/repository-copy"
import { freePort, isPortFree } from "../scripts/server-process"
import { expect, test } from "./fixtures"

type Command = { name: string; environment: Record<string, string>; folder?: string }

/** Runs a command as a process manager does, in its own process group. */
function startNpm({ name, environment, folder = process.cwd() }: Command) {
  const npm = spawn("npm", ["run", "--silent", name], {
    cwd: folder,
    env: { ...process.env, ...environment },
    detached: true,
  })
  const pid = npm.pid ?? 0
  let text = ""
  for (const stream of [npm.stdout, npm.stderr])
    stream.on("data", (chunk) => {
      text += chunk
    })
  const ended = once(npm, "exit")
  return {
    output: () => text,
    /** Sends SIGTERM to npm alone, and waits until none of the processes it started is left. */
    async end(ports: readonly string[]) {
      npm.kill("SIGTERM")
      await ended
      await expect.poll(() => isGroupEmpty(pid)).toBe(true)
      for (const port of ports) expect(await isPortFree(Number(port)), `port ${port}`).toBe(true)
    },
    killGroup: () => isGroupEmpty(pid) || process.kill(-pid, "SIGKILL"),
  }
}

function isGroupEmpty(pid: number): boolean {
  try {
    process.kill(-pid, 0)
    return false
  } catch {
    return true
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false))
    socket.once("connect", () => socket.destroy())
  })
}

/** Gives a copy of the project the build of all these tests, as if its demo had built it before. */
async function addBuild(folder: string): Promise<void> {
  const isCopied = (file: string) => !/^(cache|without-middleware-.*)$/.test(path.basename(file))
  await rm(path.join(folder, ".next"), { recursive: true, force: true })
  await cp(".next", path.join(folder, ".next"), { recursive: true, filter: isCopied })
  await noteBuild(await fingerprintSources(folder), folder)
}

async function freePorts<Name extends string>(...names: Name[]): Promise<Record<Name, string>> {
  const entries = await Promise.all(names.map(async (name) => [name, String(await freePort())] as const))
  return Object.fromEntries(entries) as Record<Name, string>
}

test("a signal to the npm process of `npm run emulator` ends the emulator", async () => {
  const ports = await freePorts("EMULATOR_SITE_PORT", "EMULATOR_API_PORT")
  const npm = startNpm({ name: "emulator", environment: ports })
  try {
    await expect.poll(npm.output).toContain("Ctrl-C stops it.")
    await npm.end(Object.values(ports))
  } finally {
    npm.killGroup()
  }
})

test("a signal to the npm process of `npm start` drains and ends the server", async ({ environment }) => {
  const { PORT } = await freePorts("PORT")
  const url = `http://localhost:${PORT}`
  const npm = startNpm({
    name: "start",
    environment: { ...environment, PORT, AUTH_URL: url, DRAIN_SECONDS: "1" },
  })
  try {
    const health = () =>
      fetch(`${url}/api/health`).then(
        ({ status }) => status,
        () => 0,
      )
    await expect.poll(health).toBe(200)
    await npm.end([PORT])
    expect(npm.output()).toContain('"event":"draining"')
  } finally {
    npm.killGroup()
  }
})

test.describe("in a copy of the project", () => {
  // The copy has its own data and build, so that a developer's running demo is left alone.
  test.describe.configure({ mode: "serial" })
  let folder: string

  test.beforeAll(async () => {
    folder = await copyNextTo("ended-by-signal")
  })

  test.afterAll(() => rm(folder, { recursive: true, force: true }))

  for (const [name, until, moment, isBuilt] of [
    ["demo", "Building the app", "while it builds", false],
    ["demo", "Ready.", "when everything is ready", true],
    ["dev", "Ready.", "when everything is ready", true],
  ] as const)
    test(`a signal to the npm process of \`npm run ${name}\` ${moment} ends everything it started, all of it on loopback`, async () => {
      if (isBuilt) await addBuild(folder)
      const ports = await freePorts("PORT", "EMULATOR_SITE_PORT", "EMULATOR_API_PORT", "POSTGRES_PORT")
      const npm = startNpm({ name, environment: ports, folder })
      try {
        await expect.poll(npm.output, { timeout: 200_000 }).toContain(until)
        // A server that listened on every address of the machine would answer here too.
        for (const port of Object.values(ports)) expect(await accepts("127.0.0.2", Number(port))).toBe(false)
        await npm.end(Object.values(ports))
        expect(npm.output()).toContain("Stopped.")
      } finally {
        npm.killGroup()
      }
    })
})
