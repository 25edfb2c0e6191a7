import { BitbucketError } from "auth-bitbucket/client"
import { redirect } from "next/navigation"
import { type ConnectionError, isConnectionError } from "@/lib/accounts/connection-error"
import { log } from "@/lib/server/log"
import { orErrorPage } from "@/lib/sessions/error-page"
import { reconnectPath } from "@/lib/sessions/paths"

export type Failure = BitbucketError | ConnectionError

/** What the app read from Bitbucket, or why it could not. */
export type Reading<Value> = { value: Value; failure?: undefined } | { value?: undefined; failure: Failure }

/**
 * Waits for something that the app reads from Bitbucket. If the connection has ended, redirects the user to sign in again
 * and then back to `path`. The page shows every other failure.
 */
export function readFromBitbucket<Value>(path: string, work: Promise<Value>): Promise<Reading<Value>> {
  return orErrorPage(path, settle(path, work))
}

async function settle<Value>(path: string, work: Promise<Value>): Promise<Reading<Value>> {
  try {
    return { value: await work }
  } catch (error) {
    if (isConnectionError(error)) {
      if (error.code === "reauthorization_required") redirect(reconnectPath(path))
      return { failure: error }
    }
    if (!(error instanceof BitbucketError)) throw error
    if (error.code === "endpoint_removed" || error.code === "unexpected_answer") {
      const { code, changeId, status } = error
      log.warn("bitbucket_not_understood", {
        code,
        ...(changeId && { reason: changeId }),
        ...(status && { status }),
      })
    }
    return { failure: error }
  }
}
