import type { TokenUnavailableError, UserAuthorizationRequiredError } from "./errors.ts"

/** Why a refresh failed. The library retries. */
export type RefreshFailureReason =
  /** Bitbucket could not be reached or gave no usable answer. */
  | "no_answer"
  | "unexpected_answer"
  /** An OAuth error that means "not now". */
  | "oauth_error"
  /** Bitbucket refuses and does not say why. */
  | "unexplained_refusal"
  /** Bitbucket refuses this client: its key, its secret or its settings are wrong. */
  | "operator_fault"
  /** None of this server's secrets opens the tokens. */
  | "tokens_unreadable"

/** Why a connection ended. */
export type EndReason =
  /** Bitbucket no longer accepts its refresh token, which may have expired unused. */
  | "dead_grant"
  /** The same, but the refresh token is too young to have expired: revoked, or used by another program. */
  | "revoked_or_reused"
  | "tokens_unreadable"
  | "no_refresh_token"

/** Why the last attempt to use a connection failed, as stored. */
export type FailureReason =
  | RefreshFailureReason
  | EndReason
  /** Bitbucket refused an access token that it had just issued. */
  | "token_refused"

/** What happened to connections, for logs, traces, metrics and an account's history. Holds no token and no secret. */
export type ConnectionEvent =
  /** New tokens are stored. `durationMs` includes the request and storing the tokens. */
  | { type: "refresh_succeeded"; account: string; durationMs: number }
  /** Bitbucket returned new tokens, but newer ones had been stored in the meantime. */
  | { type: "refresh_superseded"; account: string; durationMs: number }
  /** `status`: of Bitbucket's answer. `isFirst`: the refresh before it succeeded. */
  | {
      type: "refresh_failed"
      account: string
      reason: RefreshFailureReason
      status?: number
      isFirst: boolean
    }
  /** Storing new tokens failed, and the library retries. Reported for the first attempt and for the last. */
  | { type: "refresh_not_stored"; account: string; attempt: number; cause: unknown }
  /** A refresh threw an error. The access token is still valid, and callers get it. */
  | { type: "refresh_broke"; account: string; cause: unknown }
  /**
   * One refresh in this process ended, for all its callers. `lease`: we took it, we waited for another
   * server, or we adopted stored tokens. `waitMs`: how long that took.
   */
  | {
      type: "refresh_ended"
      account: string
      outcome: "refreshed" | "kept" | "failed" | ErrorCode
      lease: "taken" | "waited" | "adopted"
      attempts: number
      waitMs: number
    }
  | { type: "connection_ended"; account: string; reason: EndReason }
  /** `purpose`: from the caller of `getToken`. */
  | { type: "token_served"; account: string; version: number; purpose?: string }
  /** A step of the store has ended. */
  | { type: "store_called"; operation: string; durationMs: number; error?: unknown }

type ErrorCode = UserAuthorizationRequiredError["code"] | TokenUnavailableError["code"]

/** Called for each event. The library awaits a promise that it returns, and ignores what it throws. */
export type EventListener = (event: ConnectionEvent) => void | Promise<void>

/** Calls the listener. Never throws: a failing log must not lose new tokens. */
export async function tell(listener: EventListener | undefined, event: ConnectionEvent): Promise<void> {
  try {
    await Promise.resolve(listener?.(event))
  } catch {
    // The listener reports its own failures.
  }
}
