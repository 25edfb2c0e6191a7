import "server-only"
import { type BitbucketClient, BitbucketError, createClient } from "auth-bitbucket/client"
import { type AccessToken, UserAuthorizationRequiredError } from "auth-bitbucket/connections"
import { bitbucketFetch, signedFetch } from "@/lib/bitbucket/client"
import { legacySignIn } from "@/lib/bitbucket/legacy-sign-in"
import { TIME_BUDGET_MS, waitAtMost } from "@/lib/bitbucket/time-budget"
import { urlsOf } from "@/lib/bitbucket/urls"
import { limits } from "@/lib/server/limits/limits"
import type { Connection } from "./connection"
import { connections } from "./connections"
import type { TokenPurpose } from "./token-uses"

/**
 * Creates a client with which a page asks Bitbucket one question, as the connection's user. It has 5.2 seconds
 * from now, including a refresh, so that the page ends within six. It counts once against the account's limit per
 * minute (`RATE_LIMIT_PER_ACCOUNT`).
 *
 * @param purpose shown to the user among the uses of their token
 *
 * Its methods throw BitbucketError, with the code `asked_too_often` above that limit; or UserAuthorizationRequiredError
 * or TokenUnavailableError if there is no token to call with.
 */
export function bitbucketFor(connection: Connection, purpose: TokenPurpose): BitbucketClient {
  const { kept } = connections()
  const urls = urlsOf()
  const budget = new AbortController()
  const outOfTime = new DOMException(`Took longer than ${TIME_BUDGET_MS} ms`, "TimeoutError")
  setTimeout(() => budget.abort(outOfTime), TIME_BUDGET_MS).unref()
  let counted: Promise<void> | undefined
  let current: AccessToken | undefined
  let isReplaced = false

  async function getToken(options: { rejected?: AccessToken } = {}): Promise<AccessToken> {
    counted ??= countCall(connection)
    await counted
    current = await kept.getToken(connection, { ...options, purpose })
    if (options.rejected) isReplaced = true
    return current
  }

  return createClient({
    getToken: (options?: { rejected?: AccessToken }) =>
      waitAtMost(TIME_BUDGET_MS, getToken(options), () => {
        throw new BitbucketError("unreachable", { cause: outOfTime })
      }),
    async fetch(input, init) {
      const response = await fetchFor(current)(input, init)
      // If Bitbucket refuses a token right after a refresh, the app does not refresh it again for a while.
      const isRefused = response.status === 401 && String(input) === urls.user
      if (isRefused && isReplaced && current) await kept.deferRefresh(connection, current)
      return response
    },
    urls,
    signal: budget.signal,
  })
}

/** A connection made with the legacy protocol signs each request instead. */
function fetchFor(token: AccessToken | undefined): typeof fetch {
  if (token?.tokenSecret === undefined) return bitbucketFetch
  const legacy = legacySignIn()
  if (!legacy) throw new UserAuthorizationRequiredError("not_connected")
  return signedFetch(legacy.signerOf({ token: token.value, secret: token.tokenSecret }))
}

/** Counts a call against the account's limit. @throws BitbucketError `asked_too_often` above it */
export async function countCall({ account }: Pick<Connection, "account">): Promise<void> {
  const retryAfterSeconds = await limits()("reading", { address: null, account })
  if (retryAfterSeconds !== null) throw new BitbucketError("asked_too_often", { retryAfterSeconds })
}
