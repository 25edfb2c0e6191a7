import type { Route } from "next"
import { registerLegacySignIn } from "@/lib/bitbucket/legacy-sign-in"
import { EnvironmentError } from "@/lib/env"
import { log } from "@/lib/server/log"
import { oauth1Client } from "./oauth1-client"

/**
 * Switches the legacy sign-in on if its variables are set, when a server starts. Like the rest of the
 * environment, unusable variables make the server exit immediately.
 */
export function registerOAuth1(): void {
  try {
    const client = oauth1Client()
    if (!client) return
    registerLegacySignIn({
      path: "/oauth1/bitbucket/authorize" as Route,
      signerOf: (credentials) => (method, url) => client.sign({ method, url, credentials }),
    })
    log.info("legacy_sign_in_on")
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}
