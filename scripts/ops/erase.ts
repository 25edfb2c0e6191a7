import { db } from "../../lib/db/client"
import { createPersonalData } from "../../lib/sessions/personal-data"
import { findAccount, noData, requireAccount } from "./account"
import { accountHelp, type OperatorCommand, OperatorError, printResult } from "./command"

const usage = `Usage: npm run ops -- erase ACCOUNT --yes [--json]

Deletes everything that the database holds about one person, as "Delete my data" on their page does: connection, tokens,
profile, sessions, activity. Works for people who have disconnected too, by their uuid. Without --yes it only says what it
would delete.

  ${accountHelp}
  --json   one JSON object: {"connections", "sessions", "activity", "tokenUses"}

Exit codes: 0 done; 1 no data about this account, or the environment or the database is wrong; 2 called wrongly, or no --yes.`

export const command: OperatorCommand = {
  usage,
  flags: ["yes", "json"],
  takesAccount: true,
  async run(given) {
    const account = await findAccount(requireAccount(given))
    const personalData = createPersonalData(db())
    if (account === null) throw noData()
    const held = await personalData.count(account)
    if (Object.values(held).every((count) => count === 0)) throw noData()
    if (!given.yes)
      throw new OperatorError(
        "not_confirmed",
        `This would delete the account's connection, ${held.sessions} sessions and ${held.activity} entries of activity permanently. Add --yes to do it.`,
        2,
      )
    const erased = await personalData.erase(account)
    printResult(
      given,
      erased,
      `Deleted: ${erased.connections} connection, ${erased.sessions} sessions, ${erased.activity} entries of activity, ${erased.tokenUses} counts of token uses.`,
    )
    return 0
  },
}
