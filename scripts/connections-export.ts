import "./environment-files"
import { activities } from "../lib/activity/activities"
import { BY_OPERATOR } from "../lib/activity/activity-store"
import { db } from "../lib/db/client"
import { createPersonalData } from "../lib/personal-data"
import { readArguments, refuseUsage, runOnDatabase } from "./command-line"
import { findAccount } from "./named-connection"

const usage = `Usage: npm run connections:export -- ACCOUNT

Prints everything that the database holds of one person as JSON, as "Download my data" on their page does: profile,
connection without tokens, sessions, activity. Their activity says that the operator exported it.

  ACCOUNT  the account's uuid, with or without braces, its username, or the connection's id
  --help   this

Exit codes: 0 done; 1 nothing is kept of this account, or the environment or the database is wrong; 2 wrong usage.`

const { positionals } = readArguments(usage, [], 1)
const [name] = positionals
if (name === undefined) refuseUsage(usage, "Whose data? Name one account.")

await runOnDatabase(true, async () => {
  const account = await findAccount(name)
  const personalData = createPersonalData(db())
  if (account === null || (await personalData.collect(account)) === null) {
    console.error("Nothing is kept of this account.")
    return 1
  }
  await activities().record(account, "data_exported", BY_OPERATOR)
  console.log(JSON.stringify(await personalData.collect(account), null, 2))
  return 0
})
