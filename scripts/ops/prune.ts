import { db } from "../../lib/db/client"
import { deleteExpiredRows } from "../../lib/sessions/delete-expired-rows"
import { type OperatorCommand, printResult } from "./command"

const usage = `Usage: npm run ops -- prune [--json]

Deletes expired rows: expired sessions, connections without a session whose person did not choose to stay connected,
activity older than 90 days, the states of old sign-ins, the request counts of past minutes. GET /api/cron/keep-alive
does the same in the time that is left after refreshing. You may interrupt it and run it again.

  --json   one JSON object: {"sessions", "connections", "activity", "tokenUses", "spentStates", "rateLimits"}

Exit codes: 0 done; 1 the environment or the database is wrong; 2 called wrongly.`

export const command: OperatorCommand = {
  usage,
  flags: ["json"],
  takesAccount: false,
  async run(given) {
    const deleted = await deleteExpiredRows(db())
    const { sessions, connections, activity, tokenUses, spentStates, rateLimits } = deleted
    printResult(
      given,
      deleted,
      `Deleted ${sessions} sessions, ${connections} connections, ${activity} entries of activity, ${tokenUses} counts of token uses, ${spentStates} states of old sign-ins, ${rateLimits} request counts.`,
    )
    return 0
  },
}
