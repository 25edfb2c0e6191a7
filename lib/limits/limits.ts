import "server-only"
import { createHmac } from "node:crypto"
import { pool } from "@/lib/db/client"
import { environment } from "@/lib/env"
import { processWide } from "@/lib/process-wide"
import { createLocalLimiter, createSharedLimiter } from "./limiter"

/** What a person or an address may do only so often; each kind is counted apart. */
export type LimitedKind = "start" | "callback" | "refresh" | "action" | "session"

/** Whom a request is counted for; what is null cannot be told. */
type Requester = { address: string | null; account: string | null }

/** Reading the session is one statement by itself, and pages ask for it often. */
const SESSION_READS_PER_START = 10

function createLimits() {
  const { RATE_LIMIT_PER_ADDRESS, RATE_LIMIT_PER_ACCOUNT, secrets } = environment()
  const shared = {
    address: createSharedLimiter(pool(), RATE_LIMIT_PER_ADDRESS),
    account: createSharedLimiter(pool(), RATE_LIMIT_PER_ACCOUNT),
  }
  const local = {
    address: createLocalLimiter(RATE_LIMIT_PER_ADDRESS * SESSION_READS_PER_START),
    account: createLocalLimiter(RATE_LIMIT_PER_ACCOUNT * SESSION_READS_PER_START),
  }
  /** No table of addresses: what counts is that two requests came from the same one. */
  const keyOf = (kind: LimitedKind, subject: string) =>
    `${kind}:${createHmac("sha256", secrets[0]).update(subject).digest("base64url").slice(0, 22)}`

  /** @returns whole seconds to wait where this request is one too many, else null */
  return async function secondsToWait(
    kind: LimitedKind,
    { address, account }: Requester,
  ): Promise<number | null> {
    const limiters = kind === "session" ? local : shared
    const waits = await Promise.all([
      address === null ? null : limiters.address.consume(keyOf(kind, `address ${address}`)),
      account === null ? null : limiters.account.consume(keyOf(kind, `account ${account}`)),
    ])
    const longest = Math.max(...waits.map((wait) => wait ?? 0))
    return longest > 0 ? longest : null
  }
}

/** The limits of this deployment; one set of counters per process. */
export function limits(): ReturnType<typeof createLimits> {
  return processWide("limits", createLimits)
}
