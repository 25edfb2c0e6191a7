import { BitbucketError } from "auth-bitbucket/client"
import type { AdmissionAnswer, AdmissionCheckFailure } from "@/lib/bitbucket/admission-question"
import { log } from "@/lib/server/log"
import { count } from "@/lib/server/metrics/counters"
import type { AccountStore } from "./account-store"
import type { Connection } from "./connection"

/** After a check without an answer. Short, so that all users are back within a minute after Bitbucket is. */
const PAUSE_SECONDS = 30

/** Answers that no outage causes: an operator has to look at the workspace, the client or this app. */
const needsOperator: readonly string[] = ["forbidden", "insufficient_scope", "not_found", "endpoint_removed"]

type Checked = Pick<Connection, "id" | "version" | "account">

type Dependencies = {
  accounts: Pick<AccountStore, "recordAdmitted" | "recordAdmissionFailure" | "read">
  /** Deletes a connection unless its tokens have been replaced. @returns whether it did */
  disconnect: (connection: Checked) => Promise<boolean>
  /** Called when a connection was deleted. Must not throw. */
  onEvent?: (account: string, event: "connection_ended", reason: string) => Promise<void>
}

/** Records Bitbucket's answer on whether an account is still admitted. */
export function createAdmissionRecord({
  accounts,
  disconnect,
  onEvent = async () => undefined,
}: Dependencies) {
  /**
   * @param connection its `version` is that of the tokens with which we asked
   * @param askedSecondsAgo when we asked
   * @returns the connection afterwards; null if it has been deleted, because of this answer or otherwise
   */
  async function record(
    connection: Checked,
    answer: AdmissionAnswer,
    askedSecondsAgo: number,
  ): Promise<Connection | null> {
    if (answer.verdict === "cannot_tell") return recordFailure(connection, answer.reason)
    count("bitbucket_admission_checks_total", { outcome: answer.verdict })
    if (answer.verdict === "admitted") return accounts.recordAdmitted(connection.id, askedSecondsAgo)
    // If the user has signed in again in the meantime, that sign-in has admitted them.
    if (await disconnect(connection)) {
      log.warn("connection_no_longer_admitted", { account: connection.account, reason: answer.rule })
      await onEvent(connection.account, "connection_ended", "not_admitted")
    }
    return accounts.read(connection.account)
  }

  async function recordFailure(
    { id, account }: Pick<Checked, "id" | "account">,
    reason: AdmissionCheckFailure,
  ): Promise<Connection | null> {
    count("bitbucket_admission_checks_total", { outcome: "cannot_tell" })
    const level = needsOperator.includes(reason) ? "error" : "warn"
    log[level]("admission_check_failed", { account, reason })
    return accounts.recordAdmissionFailure(id, reason, PAUSE_SECONDS)
  }

  return { record, recordFailure }
}

export type AdmissionRecord = ReturnType<typeof createAdmissionRecord>

/**
 * Creates the check that a refresh makes with its new token, because there may be no session to read for a connection that is
 * only kept alive.
 *
 * @param ask like `askAdmission`
 */
export function checkAfterRefresh(
  { record }: AdmissionRecord,
  ask: (accessToken: string) => Promise<AdmissionAnswer>,
) {
  return async (refreshed: Checked, accessToken: string): Promise<Connection | null> => {
    const askedAt = performance.now()
    const answer = await ask(accessToken).catch((error: unknown): AdmissionAnswer => {
      if (error instanceof BitbucketError) return { verdict: "cannot_tell", reason: error.code }
      throw error
    })
    return record(refreshed, answer, (performance.now() - askedAt) / 1_000)
  }
}
