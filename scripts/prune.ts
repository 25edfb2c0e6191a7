import "./environment-files"
import { db } from "../lib/db/client"
import { deleteWhatIsOver } from "../lib/delete-what-is-over"
import { readFlags, runOnDatabase } from "./command-line"

const usage = `Usage: npm run db:prune [-- --json]

Deletes what is over from DATABASE_URL: sessions that have lapsed, connections that nobody wants any more, activity older
than 90 days, states of sign-ins that are over, counts of requests whose minute is over. GET /api/cron/keep-alive does the same
first. May be interrupted and repeated.

  --json   one JSON object: {"sessions", "connections", "activity", "spentStates", "rateLimits"}
  --help   this

Exit codes: 0 done; 1 the environment or the database is wrong; 2 wrong usage.`

const { json } = readFlags(usage, ["json"])
await runOnDatabase(json, async () => {
  const deleted = await deleteWhatIsOver(db())
  const { sessions, connections, activity, spentStates, rateLimits } = deleted
  if (json) console.log(JSON.stringify(deleted))
  else
    console.log(
      `Deleted ${sessions} sessions, ${connections} connections, ${activity} entries of activity, ${spentStates} sign-ins that are over, ${rateLimits} counts of requests.`,
    )
  return 0
})
