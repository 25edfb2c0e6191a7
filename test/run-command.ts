import { spawn } from "node:child_process"

export type Ended = { exitCode: number | null; stdout: string; stderr: string }

/**
 * Runs one of package.json's commands as its users do, and waits for its end.
 *
 * @param environment all that the command sees of it; what is to be unset whatever `.env.local` says is empty
 */
export function runCommand(
  name: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Ended> {
  return startCommand(name, args, environment).ended
}

/** The same for a test that sends its npm process a signal. */
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
