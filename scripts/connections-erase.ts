import "./environment-files"
import { db } from "../lib/db/client"
import { createPersonalData } from "../lib/personal-data"
import { readArguments, refuseUsage, runOnDatabase } from "./command-line"
import { findAccount } from "./named-connection"

const usage = `Usage: npm run connections:erase -- ACCOUNT --yes [--json]

Deletes everything that the database holds of one person, as "Delete my data" on their page does: connection, tokens,
profile, sessions, activity. Works for those who have disconnected too, by their uuid. Without --yes it says what it would do.

  ACCOUNT  the account's uuid, with or without braces, its username, or the connection's id
  --json   one JSON object: {"connections", "sessions", "activity"}
  --help   this

Exit codes: 0 done; 1 nothing is kept of this account, or the environment or the database is wrong; 2 wrong usage, or no --yes.`

const { flags, positionals } = readArguments(usage, ["yes", "json"], 1)
const [name] = positionals
if (name === undefined) refuseUsage(usage, "Whose data? Name one account.")

await runOnDatabase(flags.json, async () => {
  const account = await findAccount(name)
  const personalData = createPersonalData(db())
  const kept = account === null ? null : await personalData.collect(account)
  if (account === null || kept === null) {
    console.error("Nothing is kept of this account.")
    return 1
  }
  if (!flags.yes) {
    const { sessions, activity } = kept
    console.error(
      `This would delete the account's connection, ${sessions.length} sessions and ${activity.length} entries of activity for good. Add --yes to do it.`,
    )
    return 2
  }
  const erased = await personalData.erase(account)
  if (flags.json) console.log(JSON.stringify(erased))
  else
    console.log(
      `Deleted: ${erased.connections} connection, ${erased.sessions} sessions, ${erased.activity} entries of activity.`,
    )
  return 0
})
