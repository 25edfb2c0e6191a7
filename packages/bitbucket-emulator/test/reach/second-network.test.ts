import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { namespaceObstacle, openNamespace } from "./namespace.ts"

const tsx = createRequire(import.meta.url).resolve("tsx")
const pathTo = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const obstacle = namespaceObstacle()

/** The first line of a program's output, parsed as JSON. */
async function readyLine(program: ChildProcess): Promise<Record<string, string>> {
  let printed = ""
  program.stdout?.on("data", (chunk) => (printed += chunk))
  program.stderr?.on("data", (chunk) => (printed += chunk))
  await expect.poll(() => printed).toContain("\n")
  return JSON.parse(printed)
}

test("a program in another network signs in at --host 0.0.0.0, and needs the token for the control API", async (context) => {
  if (obstacle !== null) return context.skip(obstacle)
  const here = await openNamespace()
  const there = await openNamespace({ inside: here })
  await here.run([
    "ip",
    "link",
    "add",
    "near",
    "type",
    "veth",
    "peer",
    "name",
    "far",
    "netns",
    String(there.pid),
  ])
  for (const [namespace, link, address] of [
    [here, "near", "10.1.2.1/24"],
    [there, "far", "10.1.2.2/24"],
  ] as const) {
    await namespace.run(["ip", "address", "add", address, "dev", link])
    await namespace.run(["ip", "link", "set", link, "up"])
  }
  const ports = ["--site-port", "4100", "--api-port", "4101"]
  const program = [
    process.execPath,
    "--import",
    tsx,
    pathTo("../../cli.ts"),
    "--host",
    "0.0.0.0",
    "--json",
    ...ports,
  ]
  const emulator = here.spawn(program)
  try {
    const { control_token: token = "" } = await readyLine(emulator)
    const client = [process.execPath, "--import", tsx, pathTo("sign-in-from-afar.ts")]
    const seen = JSON.parse(
      await there.run([...client, "http://10.1.2.1:4100", "http://10.1.2.1:4101", token]),
    )
    expect(seen).toEqual({
      username: "demo",
      linksBeginWith: ["http://10.1.2.1:4101", "http://10.1.2.1:4100"],
      health: 200,
      controlWithoutToken: 401,
      controlWithOne: 401,
      livePageWithoutToken: 401,
      controlWithToken: 200,
      loopbackIsAnotherOne: "ECONNREFUSED",
    })
  } finally {
    const ended = once(emulator, "close")
    emulator.kill("SIGTERM")
    await ended
    await there.close()
    await here.close()
  }
})
