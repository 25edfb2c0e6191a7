import { type CheckResult, ok, warning } from "./result"

/** People do not notice less than this, and a Date header over a slow line cannot show it. */
const TOLERATED_SECONDS = 30

type Clock = "bitbucket" | "database"

const names: Record<Clock, string> = { bitbucket: "Bitbucket's clock", database: "The database's clock" }

/**
 * Compares other clocks with this machine's. If both differ by the same amount, this machine's is the wrong one.
 *
 * @param ahead how many seconds each is ahead of this machine's; null if that is unknown
 */
export function checkClocks(ahead: Record<Clock, number | null>): CheckResult[] {
  const { bitbucket, database } = ahead
  const areBothWrong = [bitbucket, database].every((seconds) => seconds !== null && isWrong(seconds))
  if (areBothWrong && !isWrong((bitbucket ?? 0) - (database ?? 0)))
    return [wrong("machine", "This machine's clock", -(database ?? 0), "Bitbucket's and the database's")]
  return (["bitbucket", "database"] as const).flatMap((whose) => {
    const seconds = ahead[whose]
    if (seconds === null) return []
    if (!isWrong(seconds)) return [ok(`clock.${whose}`, `${names[whose]} agrees with this machine's.`)]
    return [wrong(whose, names[whose], seconds, "this machine's")]
  })
}

const isWrong = (seconds: number) => Math.abs(Math.round(seconds)) > TOLERATED_SECONDS

function wrong(whose: Clock | "machine", name: string, aheadSeconds: number, others: string): CheckResult {
  return warning(
    `clock.${whose}`,
    "clock_differs",
    `${name} is ${Math.round(Math.abs(aheadSeconds))} seconds ${aheadSeconds > 0 ? "ahead of" : "behind"} ${others}, so the times that people see are wrong by as much`,
    "have the machine that is wrong set its clock over the network (NTP)",
  )
}
