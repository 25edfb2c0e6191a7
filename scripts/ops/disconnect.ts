import { activities, BY_OPERATOR } from "../../lib/accounts/activity"
import { connectionStore } from "../../lib/accounts/connection"
import { type ConnectedAccount, createInventory } from "../../lib/accounts/inventory"
import { db } from "../../lib/db/client"
import { findConnectedAccount } from "./account"
import { accountHelp, type OperatorCommand, OperatorError, printResult } from "./command"

const usage = `Usage: npm run ops -- disconnect ACCOUNT --yes [--json]
       npm run ops -- disconnect --all --yes [--json]

Deletes a connection's tokens and signs its person out everywhere, as "Disconnect" on their page does; or does so for all
connections. The grant stays in the person's settings at Bitbucket until they remove it there. Without --yes it only says
what it would do.

  ${accountHelp}
  --json   one JSON object: {"disconnected": number of connections, "signedOut": number of browsers}

Exit codes: 0 done; 1 no such connection, or the environment or the database is wrong; 2 called wrongly, or no --yes.`

const BATCH_SIZE = 200

export const command: OperatorCommand = {
  usage,
  flags: ["all", "yes", "json"],
  takesAccount: true,
  async run(given) {
    const { account, all, yes } = given
    if ((account === undefined) !== all)
      throw new OperatorError("no_account", "Which connection? Name one account, or add --all.", 2)
    const inventory = createInventory(db())
    const batches = account === undefined ? allInBatches(inventory) : [[await findConnectedAccount(account)]]
    if (!yes) throw notConfirmed(account === undefined ? await inventory.count() : 1)

    const sums = { disconnected: 0, signedOut: 0 }
    for await (const batch of batches)
      for (const { accountUuid, signedInBrowsers } of batch) {
        await disconnect(accountUuid)
        sums.disconnected++
        sums.signedOut += signedInBrowsers
      }
    printResult(given, sums, `Disconnected: ${sums.disconnected}. Browsers signed out: ${sums.signedOut}.`)
    return 0
  },
}

async function* allInBatches(
  inventory: ReturnType<typeof createInventory>,
): AsyncGenerator<ConnectedAccount[]> {
  for (;;) {
    const batch = await inventory.listAccounts(BATCH_SIZE)
    if (batch.length === 0) return
    yield batch
  }
}

async function disconnect(accountUuid: string): Promise<void> {
  await connectionStore(db()).delete(accountUuid)
  await activities().record(accountUuid, "disconnected", BY_OPERATOR)
}

function notConfirmed(count: number): OperatorError {
  const connections = `${count} ${count === 1 ? "connection" : "connections"}`
  return new OperatorError(
    "not_confirmed",
    `This would delete the tokens of ${connections} and sign those people out everywhere. Add --yes to do it.`,
    2,
  )
}
