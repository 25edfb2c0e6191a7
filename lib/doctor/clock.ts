import { type CheckResult, ok, warning } from "./result"

/** Less than this nobody notices, and a Date header over a slow line cannot tell. */
const TOLERATED_SECONDS = 30

/**
 * Compares another clock with this machine's.
 *
 * @param aheadSeconds how far the other one is ahead
 */
export function checkClock(whose: "bitbucket" | "database", aheadSeconds: number): CheckResult {
  const id = `clock.${whose}`
  const name = whose === "bitbucket" ? "Bitbucket's clock" : "The database's clock"
  const seconds = Math.round(Math.abs(aheadSeconds))
  if (seconds <= TOLERATED_SECONDS) return ok(id, `${name} agrees with this machine's.`)
  return warning(
    id,
    `${name} is ${seconds} seconds ${aheadSeconds > 0 ? "ahead of" : "behind"} this machine's: the times that people are shown are wrong by as much.`,
    "Have the machine that is wrong set its clock over the network (NTP).",
  )
}
