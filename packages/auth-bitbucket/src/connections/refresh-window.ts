const WINDOW_SECONDS = 5 * 60
const SPREAD_SECONDS = 2 * 60
/** A token of minutes is refreshed in its last eighth: a window as long as its life would refresh it at every use. */
const SHARE_OF_LIFETIME = 1 / 8

/**
 * How long before its expiry an access token is refreshed: five minutes and up to two more, the same for a
 * connection on every server, so that connections made together are not refreshed together.
 *
 * @param connectionId a uuid; its last digits spread the connections
 * @param lifetimeSeconds the whole life of the token
 * @returns seconds
 */
export function refreshWindowSeconds(connectionId: string, lifetimeSeconds: number): number {
  const spread = (Number.parseInt(connectionId.slice(-6), 16) % 1000) / 1000
  return Math.min(WINDOW_SECONDS + spread * SPREAD_SECONDS, lifetimeSeconds * SHARE_OF_LIFETIME)
}
