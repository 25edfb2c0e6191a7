import "server-only"
import { BitbucketError } from "auth-bitbucket/client"
import { waitAtMost } from "auth-bitbucket/http/deadline"
import { TIME_BUDGET_MS, withinTimeBudget } from "auth-bitbucket/http/time-budget"
import type { ApiCredential } from "@/lib/server/bitbucket"
import { limits } from "@/lib/server/limits/limits"
import type { Connection } from "./connection"
import { connections } from "./connections"

/**
 * Calls the Bitbucket API for a page, which comes within six seconds whatever Bitbucket does. When they are over
 * the page stops waiting; a call ends by its own budget, and a renewal before it is stored for the next page. Calls are
 * counted for the account (`RATE_LIMIT_PER_ACCOUNT`), and Bitbucket is not asked for one too many.
 *
 * @param call is given what opens the API; must only read
 * @throws BitbucketError what Bitbucket answered, or ConnectionError where there is no token to call with
 */
export function timelyCall<Result>(
  connection: Connection,
  call: (credential: ApiCredential) => Promise<Result>,
): Promise<{ result: Result; version: number }> {
  return waitAtMost(TIME_BUDGET_MS, countedCall(connection, call), () => {
    throw new BitbucketError("unreachable")
  })
}

async function countedCall<Result>(
  connection: Connection,
  call: (credential: ApiCredential) => Promise<Result>,
): Promise<{ result: Result; version: number }> {
  const retryAfterSeconds = await limits()("reading", { address: null, account: connection.account })
  if (retryAfterSeconds !== null) throw new BitbucketError("asked_too_often", { retryAfterSeconds })
  const { authorizedCall } = connections()
  return authorizedCall(connection, (credential) => withinTimeBudget(() => call(credential)))
}
