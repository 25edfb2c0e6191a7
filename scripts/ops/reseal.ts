import { connections } from "../../lib/accounts/connections"
import { db } from "../../lib/db/client"
import { connection } from "../../lib/db/schema"
import { type OperatorCommand, printResult } from "./command"
import { startProgress } from "./progress"

const usage = `Usage: npm run ops -- reseal [--json]

After a rotation of AUTH_SECRET, seals the tokens of every connection with the new one; AUTH_SECRET_PREVIOUS opens them.
Safe while servers run. You may interrupt it and run it again.

  --json   one JSON object: {"resealed", "current", "unreadable"}

Exit codes: 0 every connection opens with AUTH_SECRET; 1 some open with neither secret, so that their people will be asked
to sign in again, or the environment or the database is wrong; 2 called wrongly.`

export const command: OperatorCommand = {
  usage,
  flags: ["json"],
  takesAccount: false,
  async run(given) {
    const progress = startProgress("Sealing", await db().$count(connection))
    const summary = await connections()
      .kept.reseal(({ resealed, current, unreadable }) => progress.update(resealed + current + unreadable))
      .finally(progress.end)
    const { resealed, current, unreadable } = summary
    const counts = `${resealed} sealed with the new secret, ${current} already were, ${unreadable} open with neither.`
    const consequence = "\nThe people of those that do not open will have to sign in again."
    printResult(given, summary, unreadable > 0 ? counts + consequence : counts)
    return unreadable > 0 ? 1 : 0
  },
}
