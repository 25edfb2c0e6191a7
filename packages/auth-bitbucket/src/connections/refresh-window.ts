const WINDOW_SECONDS = 5 * 60
const SPREAD_SECONDS = 2 * 60
/** A token that lasts minutes is refreshed in its last eighth: a window as long as its lifetime would refresh it on every use. */
const SHARE_OF_LIFETIME = 1 / 8

/**
 * How long before its expiry an access token is refreshed: five minutes plus up to two, so that connections made together
 * are not all refreshed together. Every server computes the same for a connection.
 *
 * @param connectionId a uuid; its last digits spread the connections
 * @param lifetimeSeconds the token's whole lifetime
 * @returns seconds
 */
export function refreshWindowSeconds(connectionId: string, lifetimeSeconds: number): number {
  const spread = (Number.parseInt(connectionId.slice(-6), 16) % 1000) / 1000
  return Math.min(WINDOW_SECONDS + spread * SPREAD_SECONDS, lifetimeSeconds * SHARE_OF_LIFETIME)
}
