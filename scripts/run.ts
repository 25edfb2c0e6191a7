import { spawn } from "node:child_process"

/** Runs a program. Under `npm run`, those in node_modules/.bin are on the path. */
export function run(
  [program = "", ...args]: string[],
  { isQuiet = false, env = {}, cwd }: { isQuiet?: boolean; env?: Record<string, string>; cwd?: string } = {},
): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ["ignore", isQuiet ? "pipe" : "inherit", isQuiet ? "pipe" : "inherit"],
      env: { ...process.env, ...env },
      ...(cwd && { cwd }),
      shell: process.platform === "win32",
    })
    let output = ""
    child.stdout?.on("data", (chunk) => {
      output += chunk
    })
    child.stderr?.on("data", (chunk) => {
      output += chunk
    })
    child.once("error", reject)
    child.once("close", (code) => resolve({ exitCode: code ?? 1, output }))
  })
}
