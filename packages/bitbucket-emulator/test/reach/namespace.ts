import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"

/** A network of its own, with its own loopback and, if wanted, its own `/etc/hosts`; it has no route to the outside. */
export interface Namespace {
  /** The process that holds it open. */
  readonly pid: number
  /** Starts a program in it. */
  readonly spawn: (command: readonly string[], options?: SpawnOptions) => ChildProcess
  /** Runs a program in it to its end. @throws Error with all that it printed, unless it ended with 0 */
  readonly run: (command: readonly string[]) => Promise<string>
  readonly close: () => Promise<void>
}

/** As root without one, as another user in a user namespace, in which that user is root. */
const isRoot = process.getuid?.() === 0
const asRoot = isRoot ? [] : ["--user", "--map-root-user"]

/** Why this machine permits no namespaces, or null if it does. */
export function namespaceObstacle(): string | null {
  const probe = ["--net", "--mount", ...asRoot, "ip", "link", "set", "lo", "up"]
  const { status, stderr, error } = spawnSync("unshare", probe, { encoding: "utf8" })
  if (status === 0) return null
  return `network namespaces are not permitted here: ${error?.message ?? stderr.trim()}`
}

/** Opens a namespace, optionally inside another to join the two. */
export async function openNamespace(
  options: { hostsFile?: string; inside?: Namespace } = {},
): Promise<Namespace> {
  const { hostsFile, inside } = options
  const steps = [
    "ip link set lo up",
    ...(hostsFile === undefined ? [] : [`mount --bind '${hostsFile}' /etc/hosts`]),
    "echo ready",
    "exec cat",
  ]
  const command = ["unshare", "--net", "--mount", ...(inside ? [] : asRoot), "sh", "-ec", steps.join("\n")]
  const holder = inside ? inside.spawn(command) : spawn(command[0] ?? "", command.slice(1))
  let printed = ""
  for (const stream of [holder.stdout, holder.stderr]) stream?.on("data", (chunk) => (printed += chunk))
  const ended = once(holder, "close")
  await Promise.race([once(holder.stdout ?? holder, "data"), ended])
  if (printed.trim() !== "ready") throw new Error(`The namespace was not opened: ${printed}`)
  const pid = holder.pid ?? 0
  const enter = [
    "--target",
    String(pid),
    "--net",
    "--mount",
    ...(isRoot ? [] : ["--user", "--preserve-credentials"]),
  ]
  const start = (wanted: readonly string[], settings: SpawnOptions = {}) =>
    spawn("nsenter", [...enter, "--", ...wanted], settings)
  return {
    pid,
    spawn: start,
    run: async (wanted) => {
      const child = start(wanted)
      let output = ""
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk))
      const [code] = await once(child, "close")
      if (code !== 0) throw new Error(`${wanted.join(" ")} ended with ${code}:\n${output}`)
      return output
    },
    close: async () => {
      holder.stdin?.end()
      await ended
    },
  }
}
