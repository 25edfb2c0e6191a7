import "server-only"
import { createHmac } from "node:crypto"
import { pool } from "@/lib/db/client"
import { environment } from "@/lib/env"
import { processWide } from "@/lib/server/process-wide"
import { createLocalLimiter, createSharedLimiter } from "./limiter"

/**
 * What a person or an address may do only so often; each kind is counted apart.
 *
 * - `shared`: all servers count together, in the database, what costs something elsewhere.
 * - `local`: each server counts by itself what strangers can send without end, so that they write no row, and what is
 *   to cost no statement.
 * - `frequent`: as `local`, and ten times as often, for what costs less than counting it in the database would.
 */
const kinds = {
  start: "shared",
  action: "shared",
  refresh: "shared",
  callback: "local",
  /** Something that is read from Bitbucket for a page; a view has a budget of one statement. */
  reading: "local",
  session: "frequent",
  page: "frequent",
  health: "frequent",
} as const

export type LimitedKind = keyof typeof kinds

/** For whom to count a request; null if unknown. */
type Requester = { address: string | null; account: string | null }

/**
 * Addresses share this many counters. Strangers with many addresses fill no more rows than that, and people who happen
 * to share one with others have the same limit together.
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
  /** No table of addresses: what counts is that two requests came from the same one. */
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
