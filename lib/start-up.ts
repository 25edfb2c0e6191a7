import "server-only"
import { EnvironmentError, environment } from "@/lib/env"

/** A server that cannot work ends at once and says why, one sentence per variable, instead of failing each request. */
export function refuseToStartWithoutEnvironment(): void {
  try {
    environment()
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}
