import path from "node:path"
import type { Emulator } from "bitbucket-emulator"
import { Client } from "pg"
import { run } from "../../scripts/run"

/** A client of the emulator that may read repositories. */
export const reposClient = { id: "emulatorReposKey12", secret: "emulatorReposSecret1234567890123" }

/** Installs an example as its README says. @returns its folder */
export async function installExample(name: string): Promise<string> {
  const folder = path.join(process.env.E2E_EXAMPLES_FOLDER ?? "", name)
  await npm(folder, "install", "--no-audit", "--no-fund")
  return folder
}

/** @throws Error with npm's output if npm fails */
export async function npm(cwd: string, ...args: string[]): Promise<void> {
  const { exitCode, output } = await run(["npm", ...args], { cwd, isQuiet: true, env: { NODE_OPTIONS: "" } })
  if (exitCode !== 0) throw new Error(`npm ${args.join(" ")} failed in ${cwd}:\n${output}`)
}

/** Expires a user's access tokens, as if two hours had passed for Bitbucket and for the app. */
export async function expireTokens(
  { control }: Pick<Emulator, "control">,
  username: string,
  databaseUrl: string,
): Promise<void> {
  await control.expireTokens(username)
  const client = new Client(databaseUrl)
  await client.connect()
  await client.query("update auth_bitbucket.connection set expires_at = now()")
  await client.end()
}
