import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import path from "node:path"

export type Ended = { exitCode: number | null; stdout: string; stderr: string }

/**
 * Runs one of package.json's commands, and waits for its end. It hands the command to a shell as npm does: npm itself
 * would add a third of a second to each of these tests.
 *
 * @param environment all that the command sees of it; what is to be unset whatever `.env.local` says is empty
 */
export function runCommand(
  name: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Ended> {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"))
  const env = environmentOf(environment)
  env.PATH = `${path.resolve("node_modules/.bin")}${path.delimiter}${env.PATH}`
  return collect(spawn("sh", ["-c", `${scripts[name]} "$@"`, name, ...args], { env }))
}

/** The same through npm, for a test that sends its npm process a signal. */
export function startCommand(name: string, args: readonly string[], environment: Record<string, string>) {
  const child = spawn("npm", ["run", "--silent", name, "--", ...args], { env: environmentOf(environment) })
  return { child, ended: collect(child) }
}

/** The same on what the command takes for a terminal. */
export function runCommandOnTerminal(
  name: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Ended> {
  const command = ["npm", "run", "--silent", name, "--", ...args]
  const terminal =
    process.platform === "darwin" ? ["-q", "/dev/null", ...command] : ["-qec", command.join(" "), "/dev/null"]
  return collect(spawn("script", terminal, { env: environmentOf({ TERM: "xterm", ...environment }) }))
}

function environmentOf(variables: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env
  const seen: NodeJS.Dict<string> = { PATH, HOME, ...variables }
  return seen as NodeJS.ProcessEnv
}

function collect(child: ReturnType<typeof spawn>): Promise<Ended> {
  const ended = { stdout: "", stderr: "" }
  child.stdout?.on("data", (chunk) => {
    ended.stdout += chunk
  })
  child.stderr?.on("data", (chunk) => {
    ended.stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (exitCode) => resolve({ exitCode, ...ended }))
  })
}
