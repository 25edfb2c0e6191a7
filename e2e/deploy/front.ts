import { spawnSync } from "node:child_process"
import { mkdir, writeFile } from "node:fs/promises"
import path from "node:path"
import { type ServerProcess, superviseServer } from "../../scripts/server-process"
import { findProgram, type SystemProgram } from "../../scripts/system-programs"
import { makeCertificate } from "../certificate"

/** How to start a web server in the foreground with one configuration file. */
export type Front = {
  /** @param files of the certificate, and the folder for everything the server writes */
  configuration: (files: { folder: string; certificate: string; key: string }) => string
  /** Arguments with which it only checks the file. */
  check: (file: string) => string[]
  start: (file: string) => string[]
}

/** Starts a web server with TLS and a certificate made on this machine. */
export async function startFront(
  program: SystemProgram,
  folder: string,
  { configuration, check, start }: Front,
): Promise<ServerProcess> {
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, `${program}.conf`)
  await writeFile(file, configuration({ folder, ...makeCertificate(folder) }))
  const executable = findProgram(program)
  if (!executable) throw new Error(`This test needs ${program}, which \`npm test\` installs.`)
  const environment = { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const verdict = spawnSync(executable, check(file), {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  })
  if (verdict.status !== 0)
    throw new Error(`${program} does not accept its configuration:\n${verdict.stdout}${verdict.stderr}`)
  return superviseServer(program, executable, start(file), environment)
}
