import "server-only"
import { sendRequestsToBitbucketBy } from "@/lib/bitbucket/client"
import { EnvironmentError } from "@/lib/env"
import { emulator, emulatorControlToken } from "./emulator"
import { embeddedEnvironment } from "./environment"

/**
 * Makes the emulator this deployment's Bitbucket, when a server starts. The server's own calls reach it without the network:
 * Vercel's Deployment Protection would answer them, and a server behind a proxy may be unable to reach its own URL.
 */
export function registerEmbeddedEmulator(): void {
  try {
    Object.assign(process.env, embeddedEnvironment(process.env))
    emulatorControlToken()
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
  sendRequestsToBitbucketBy((input, init) => emulator()(new Request(input, init)))
}
