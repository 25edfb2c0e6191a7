import { BitbucketError } from "auth-bitbucket/bitbucket/errors"
import type { AdmissionAnswer, AdmissionFailure } from "@/lib/server/admission-question"
import { log } from "@/lib/server/log"
import { count } from "@/lib/server/metrics/counters"
import type { Connection, ConnectionStore } from "./connection-store"

/** After a question without an answer. Short: when Bitbucket is back, so is everybody within a minute. */
const PAUSE_SECONDS = 30

/** Answers that no outage gives: an operator has to see to the workspace, the client or this app. */
const needsOperator: readonly string[] = ["forbidden", "insufficient_scope", "not_found", "endpoint_removed"]

/** Why a check had no answer; beside Bitbucket's failures, that there was no token to ask with. */
export type AdmissionCheckFailure = AdmissionFailure | "no_access_token"

type Dependencies = {
  store: Pick<ConnectionStore, "recordAdmitted" | "recordAdmissionFailure" | "deleteVersion" | "read">
  /** Told of a connection that was deleted; must not throw. */
  onEvent?: (accountUuid: string, event: "connection_ended", reason: string) => Promise<void>
}

/** Writes down what came of asking Bitbucket whether an account is still admitted. */
export function createAdmissionRecord({ store, onEvent = async () => undefined }: Dependencies) {
  /**
   * @param connection whose `version` is that of the tokens which the question was asked with
   * @param askedSecondsAgo when it was asked
   * @returns the connection as it stands then; null where it is gone, deleted by this answer or otherwise
   */
  async function record(
    connection: Pick<Connection, "id" | "version" | "accountUuid">,
    answer: AdmissionAnswer,
    askedSecondsAgo: number,
  ): Promise<Connection | null> {
    if (answer.verdict === "cannot_tell") return recordFailure(connection, answer.reason)
    count("bitbucket_admission_checks_total", { outcome: answer.verdict })
    if (answer.verdict === "admitted") return store.recordAdmitted(connection.id, askedSecondsAgo)
    // Somebody who has signed in meanwhile was admitted with what came then.
    if (await store.deleteVersion(connection.id, connection.version)) {
      log.warn("connection_no_longer_admitted", { account: connection.accountUuid, reason: answer.rule })
      await onEvent(connection.accountUuid, "connection_ended", "not_admitted")
    }
    return store.read(connection.id)
  }

  async function recordFailure(
    { id, accountUuid }: Pick<Connection, "id" | "accountUuid">,
    reason: AdmissionCheckFailure,
  ): Promise<Connection | null> {
    count("bitbucket_admission_checks_total", { outcome: "cannot_tell" })
    const level = needsOperator.includes(reason) ? "error" : "warn"
    log[level]("admission_check_failed", { account: accountUuid, reason })
    return store.recordAdmissionFailure(id, reason, PAUSE_SECONDS)
  }

  return { record, recordFailure }
}

export type AdmissionRecord = ReturnType<typeof createAdmissionRecord>

/**
 * Makes the check that a refresh makes with the token which it brought: there, no session may ever be read.
 *
 * @param ask as `askAdmission`
 */
export function checkAfterRefresh(
  { record }: AdmissionRecord,
  ask: (accessToken: string) => Promise<AdmissionAnswer>,
) {
  return async (refreshed: Connection, accessToken: string): Promise<Connection | null> => {
    const askedAt = performance.now()
    const answer = await ask(accessToken).catch((error: unknown): AdmissionAnswer => {
      if (error instanceof BitbucketError) return { verdict: "cannot_tell", reason: error.code }
      throw error
    })
    return record(refreshed, answer, (performance.now() - askedAt) / 1_000)
  }
}
