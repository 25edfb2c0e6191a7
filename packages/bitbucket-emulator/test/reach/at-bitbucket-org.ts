import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, vi } from "vitest"
import { type Namespace, openNamespace } from "./namespace.ts"

/** A network in which bitbucket.org and api.bitbucket.org are an emulator at port 443, and nothing else answers. */
export interface BitbucketOrg {
  /** Runs a program there that trusts the emulator's authority, as the emulator's own output tells it to. */
  readonly run: (command: readonly string[], variables?: Record<string, string>) => Promise<string>
  /** The control API, with curl's arguments after its path. */
  readonly control: (path: string, ...curlArguments: string[]) => Promise<string>
  readonly close: () => Promise<void>
}

export const tsx = createRequire(import.meta.url).resolve("tsx")

/** Starts the program itself, with only `--tls` and the folder of its authority. */
export async function openBitbucketOrg(): Promise<BitbucketOrg> {
  const folder = mkdtempSync(join(tmpdir(), "bitbucket-org-"))
  const hostsFile = join(folder, "hosts")
  writeFileSync(hostsFile, "127.0.0.1 localhost\n127.0.0.1 bitbucket.org api.bitbucket.org\n")
  const namespace = await openNamespace({ hostsFile })
  const cli = fileURLToPath(new URL("../../cli.ts", import.meta.url))
  const options = ["--tls", "--tls-folder", join(folder, "authority")]
  const emulator = namespace.spawn([process.execPath, "--import", tsx, cli, ...options])
  const trust = await trustIn(emulator)
  return {
    run: (command, variables = {}) => namespace.run(["env", ...trust, ...assignments(variables), ...command]),
    control: (path, ...more) => {
      const header = ["--header", "X-Emulator-Control: 1"]
      return namespace.run([
        "curl",
        "-sS",
        "--fail-with-body",
        ...header,
        ...more,
        `http://127.0.0.1:4100/_control${path}`,
      ])
    },
    close: () => closeAll(emulator, namespace, folder),
  }
}

/** The variables that the emulator tells a shell to export. */
async function trustIn(emulator: ChildProcess): Promise<string[]> {
  let printed = ""
  for (const stream of [emulator.stdout, emulator.stderr]) {
    stream?.on("data", (chunk) => {
      printed += chunk
    })
  }
  await vi.waitFor(() => expect(printed).toContain("Ctrl-C stops it."), { timeout: 30_000 })
  expect(printed).toContain("https://bitbucket.org and https://api.bitbucket.org,")
  const exported = [...printed.matchAll(/export (\S+=\S+)/g)].map(([, assignment = ""]) => assignment)
  expect(exported).toHaveLength(3)
  return exported
}

function assignments(variables: Record<string, string>): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`)
}

async function closeAll(emulator: ChildProcess, namespace: Namespace, folder: string): Promise<void> {
  const ended = once(emulator, "close")
  emulator.kill("SIGTERM")
  await ended
  await namespace.close()
  rmSync(folder, { recursive: true })
}
