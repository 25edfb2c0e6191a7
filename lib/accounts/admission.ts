import { setTimeout as wait } from "node:timers/promises"
import { BitbucketError } from "auth-bitbucket/client"
import type { Connections } from "auth-bitbucket/connections"
import type { AdmissionAnswer } from "@/lib/bitbucket/admission-question"
import type { ApiCredential } from "@/lib/bitbucket/client"
import { waitAtMost, withinTimeBudget } from "@/lib/bitbucket/time-budget"
import type { AccountStore } from "./account-store"
import type { AdmissionRecord } from "./admission-check"
import type { createAuthorizedCall } from "./authorized-call"
import type { Connection } from "./connection"
import { isConnectionError } from "./connection-error"

/** Why a connection does not give its user access now. */
export type Refusal =
  /** Bitbucket no longer refreshes its tokens, and the last access token has expired. */
  | "connection_ended"
  /** Bitbucket's answer means that this deployment no longer admits the account; the connection is deleted. */
  | "not_admitted"
  /** Bitbucket has given no answer for longer than the grace period. The user does not have to do anything. */
  | "membership_unverified"

export type Admission = { connection: Connection; refusal: null } | { connection: null; refusal: Refusal }

type Dependencies = {
  accounts: Pick<AccountStore, "takeAdmissionLease" | "read">
  kept: Pick<Connections, "getToken">
  authorizedCall: ReturnType<typeof createAuthorizedCall>
  record: AdmissionRecord
  ask: (credential: ApiCredential) => Promise<AdmissionAnswer>
  /** Null if this deployment admits every user, so that it never asks. */
  bounds: { checkSeconds: number; graceSeconds: number } | null
}

/** For all the calls of one check together; after that it counts as unanswered. */
const QUESTION_BUDGET_MS = 4_000
/** The longest that a user waits for an answer, whichever request asks. A later answer is stored for the next view. */
const LONGEST_WAIT_MS = 4_500
const POLL_MS = 40

/** Whether the user has to sign in. */
function isEnded({ status, remainingSeconds }: Pick<Connection, "status" | "remainingSeconds">) {
  return status === "ended" && remainingSeconds <= 0
}

/**
 * Creates the function that decides whether a connection still gives its user access. If Bitbucket's last answer is older than
 * `checkSeconds`, it asks again before it answers the request: once for all waiting requests of this process, and once among
 * all servers, with a one-statement lease. Within `graceSeconds`, a check without an answer changes nothing.
 */
export function createAdmission(dependencies: Dependencies) {
  const { accounts, kept, authorizedCall, record, ask, bounds } = dependencies
  const checks = new Map<string, Promise<Connection | null>>()

  /**
   * @param known as just read
   * @throws the database's error
   */
  return async function admit(known: Connection): Promise<Admission> {
    if (isEnded(known)) return refuse("connection_ended")
    if (!bounds || known.admittedAgeSeconds < bounds.checkSeconds) return { connection: known, refusal: null }
    const checked = isDue(known) ? await waitAtMost(LONGEST_WAIT_MS, shareCheck(known), () => known) : known
    if (!checked) return refuse("not_admitted")
    if (isEnded(checked)) return refuse("connection_ended")
    const isWithinGrace = checked.admittedAgeSeconds < Math.max(bounds.checkSeconds, bounds.graceSeconds)
    return isWithinGrace ? { connection: checked, refusal: null } : refuse("membership_unverified")
  }

  function isDue({ admittedAgeSeconds, admissionRetryInSeconds }: Connection): boolean {
    return bounds !== null && admittedAgeSeconds >= bounds.checkSeconds && admissionRetryInSeconds <= 0
  }

  function shareCheck(connection: Connection): Promise<Connection | null> {
    const running = checks.get(connection.id)
    if (running !== undefined) return running
    const check = checkOnce(connection).finally(() => checks.delete(connection.id))
    checks.set(connection.id, check)
    return check
  }

  /** @returns the connection after this server or another has asked; null if it has been deleted */
  async function checkOnce({ id, account }: Connection): Promise<Connection | null> {
    const giveUpAt = performance.now() + LONGEST_WAIT_MS
    for (;;) {
      const leased = await accounts.takeAdmissionLease(id, bounds?.checkSeconds ?? 0)
      if (leased) return askUnderLease(leased)
      const current = await accounts.read(account)
      if (!current || !isDue(current) || isEnded(current) || performance.now() > giveUpAt) return current
      await wait(POLL_MS)
    }
  }

  async function askUnderLease(leased: Connection): Promise<Connection | null> {
    try {
      const token = await kept.getToken(leased)
      // A refresh has made the same check.
      const current = token.version === leased.version ? leased : await accounts.read(leased.account)
      if (!current || !isDue(current)) return current
      let askedAt = 0
      const { result, version } = await authorizedCall(current, "page:membership", (credential) => {
        askedAt = performance.now()
        return withinTimeBudget(() => ask(credential), QUESTION_BUDGET_MS)
      })
      return await record.record({ ...current, version }, result, (performance.now() - askedAt) / 1_000)
    } catch (error) {
      if (!(isConnectionError(error) || error instanceof BitbucketError)) throw error
      const current = await accounts.read(leased.account)
      if (!current || isEnded(current) || !isDue(current)) return current
      return record.recordFailure(current, error instanceof BitbucketError ? error.code : "no_access_token")
    }
  }
}

function refuse(refusal: Refusal): Admission {
  return { connection: null, refusal }
}
