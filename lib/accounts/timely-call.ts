import "server-only"
import { BitbucketError } from "auth-bitbucket/client"
import type { ApiCredential } from "@/lib/bitbucket/client"
import { TIME_BUDGET_MS, waitAtMost, withinTimeBudget } from "@/lib/bitbucket/time-budget"
import { countCall } from "./bitbucket-for"
import type { Connection } from "./connection"
import { connections } from "./connections"
import type { TokenPurpose } from "./token-uses"

/**
 * Calls the Bitbucket API for a page, which waits 5.2 seconds at most, so that it ends within six. A refresh that takes
 * longer goes on, and the next page has its tokens. Unlike a client of `bitbucketFor`, this says which version of the
 * tokens it used. Each call counts against the account's limit (`RATE_LIMIT_PER_ACCOUNT`).
 *
 * @param call takes the API credential, and must only read
 * @throws BitbucketError if Bitbucket refuses or fails, ConnectionError if there is no token to call with
 */
export function timelyCall<Result>(
  connection: Connection,
  purpose: TokenPurpose,
  call: (credential: ApiCredential) => Promise<Result>,
): Promise<{ result: Result; version: number }> {
  return waitAtMost(TIME_BUDGET_MS, countedCall(connection, purpose, call), () => {
    throw new BitbucketError("unreachable")
  })
}

async function countedCall<Result>(
  connection: Connection,
  purpose: TokenPurpose,
  call: (credential: ApiCredential) => Promise<Result>,
): Promise<{ result: Result; version: number }> {
  await countCall(connection)
  const { authorizedCall } = connections()
  return authorizedCall(connection, purpose, (credential) => withinTimeBudget(() => call(credential)))
}
