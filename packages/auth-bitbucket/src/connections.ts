/**
 * Keeps the tokens of connected Bitbucket accounts: sealed, and refreshed once per expiry.
 *
 * @module
 */

export { type ConnectionState, connectionState, isReconnectAdvised } from "./connections/connection-state.ts"
export {
  type AccessToken,
  type Connections,
  type ConnectionsOptions,
  createConnections,
  type GetTokenOptions,
  type Grant,
  parseTokenResponse,
} from "./connections/connections.ts"
export { TokenUnavailableError, UserAuthorizationRequiredError } from "./connections/errors.ts"
export type { ConnectionEvent, EndReason, FailureReason, RefreshFailureReason } from "./connections/events.ts"
export { createMemoryStore } from "./connections/memory-store.ts"
export type { AfterRefresh } from "./connections/refresh.ts"
export type { RefreshIdleOptions, RefreshIdleSummary } from "./connections/refresh-idle.ts"
export { refreshWindowSeconds } from "./connections/refresh-window.ts"
export type { ResealSummary } from "./connections/reseal.ts"
export {
  sealTokens,
  type Tokens,
  UnsealError,
  unsealTokens,
  type Vault,
} from "./connections/sealed-tokens.ts"
export type {
  Connection,
  ConnectionStore,
  IdleCursor,
  Lease,
  NewTokens,
  SealedRow,
  UnreadableRow,
} from "./connections/store.ts"
export { type StoreRule, storeContract } from "./connections/store-contract.ts"
export { clientSecretBasic } from "./oauth/client-secret-basic.ts"
export {
  createRefreshGrant,
  type RefreshFailure,
  type RefreshGrant,
  type RefreshOutcome,
  type TokenEndpoint,
} from "./oauth/refresh-grant.ts"
export type { TokenSet } from "./oauth/token-set.ts"
export type { Clock } from "./time/clock.ts"
