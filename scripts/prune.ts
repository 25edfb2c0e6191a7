import "./environment-files"
import { db } from "../lib/db/client"
import { deleteExpiredRows } from "../lib/delete-expired-rows"
import { readFlags, runOnDatabase } from "./command-line"

const usage = `Usage: npm run db:prune [-- --json]

Deletes expired rows from DATABASE_URL: expired sessions, connections without a session whose person does not stay
connected, activity older than 90 days, the states of old sign-ins, the request counts of past minutes.
GET /api/cron/keep-alive does the same in the time that is left after refreshing. May be interrupted and repeated.

  --json   one JSON object: {"sessions", "connections", "activity", "spentStates", "rateLimits"}
  --help   this

Exit codes: 0 done; 1 the environment or the database is wrong; 2 wrong usage.`

const { json } = readFlags(usage, ["json"])
await runOnDatabase(json, async () => {
  const deleted = await deleteExpiredRows(db())
  const { sessions, connections, activity, spentStates, rateLimits } = deleted
  if (json) console.log(JSON.stringify(deleted))
  else
    console.log(
      `Deleted ${sessions} sessions, ${connections} connections, ${activity} entries of activity, ${spentStates} states of old sign-ins, ${rateLimits} request counts.`,
    )
  return 0
})
