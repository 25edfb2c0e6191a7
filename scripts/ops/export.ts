import { activities, BY_OPERATOR } from "../../lib/accounts/activity"
import { db } from "../../lib/db/client"
import { createPersonalData } from "../../lib/sessions/personal-data"
import { findAccount, noData, requireAccount } from "./account"
import { accountHelp, type OperatorCommand } from "./command"

const usage = `Usage: npm run ops -- export ACCOUNT

Prints everything that the database holds about one person as JSON, as "Download my data" on their page does: profile,
connection without tokens, sessions, activity. The person's activity records that the operator exported it.

  ${accountHelp}

Exit codes: 0 done; 1 no data about this account, or the environment or the database is wrong; 2 called wrongly.`

export const command: OperatorCommand = {
  usage,
  flags: ["json"],
  takesAccount: true,
  async run(given) {
    const account = await findAccount(requireAccount(given))
    const personalData = createPersonalData(db())
    if (account === null || (await personalData.collect(account)) === null) throw noData()
    await activities().record(account, "data_exported", BY_OPERATOR)
    console.log(JSON.stringify(await personalData.collect(account), null, 2))
    return 0
  },
}
