import "server-only"
import { createHmac } from "node:crypto"
import { pool } from "@/lib/db/client"
import { environment } from "@/lib/env"
import { processWide } from "@/lib/server/process-wide"
import { createLocalLimiter, createSharedLimiter } from "./limiter"

/**
 * What an account or an address may do only so often. Each kind is counted separately.
 *
 * - `shared`: all servers count together, in the database, requests that cost something elsewhere.
 * - `local`: each server counts on its own the requests that strangers can send endlessly, so that they write no row, and
 *   those that must not cost a query.
 * - `frequent`: like `local`, but ten times as many, for requests that cost less than counting them in the database would.
 */
const kinds = {
  start: "shared",
  action: "shared",
  refresh: "shared",
  callback: "local",
  /** A read from Bitbucket for a page, which has a budget of one query. */
  reading: "local",
  session: "frequent",
  page: "frequent",
  health: "frequent",
} as const

export type LimitedKind = keyof typeof kinds

/** For whom to count a request; null if unknown. */
type Requester = { address: string | null; account: string | null }

/**
 * Addresses share this many counters, so that strangers with many addresses fill no more rows than that. People whose
 * addresses share a counter share its limit.
 */
const ADDRESS_COUNTERS = 65_536

function createLimits() {
  const { RATE_LIMIT_PER_ADDRESS, RATE_LIMIT_PER_ACCOUNT, secrets } = environment()
  const limitersOf = (perMinute: number) => ({
    shared: createSharedLimiter(pool(), perMinute),
    local: createLocalLimiter(perMinute),
    frequent: createLocalLimiter(perMinute * 10),
  })
  const byAddress = limitersOf(RATE_LIMIT_PER_ADDRESS)
  const byAccount = limitersOf(RATE_LIMIT_PER_ACCOUNT)
  /** We store no addresses: it is enough to know that two requests came from the same one. */
  const digestOf = (subject: string) => createHmac("sha256", secrets[0]).update(subject).digest()
  const addressKey = (address: string) =>
    (digestOf(`address ${address}`).readUInt32BE() % ADDRESS_COUNTERS).toString(16)
  const accountKey = (account: string) => digestOf(`account ${account}`).toString("base64url").slice(0, 22)

  /** @returns whole seconds to wait if this request is one too many, else null */
  return async function secondsToWait(
    kind: LimitedKind,
    { address, account }: Requester,
  ): Promise<number | null> {
    const waits = await Promise.all([
      address === null ? null : byAddress[kinds[kind]].consume(`${kind}:${addressKey(address)}`),
      account === null ? null : byAccount[kinds[kind]].consume(`${kind}:${accountKey(account)}`),
    ])
    const longest = Math.max(...waits.map((wait) => wait ?? 0))
    return longest > 0 ? longest : null
  }
}

/** The limits of this deployment; one set of counters per process. */
export function limits(): ReturnType<typeof createLimits> {
  return processWide("limits", createLimits)
}
