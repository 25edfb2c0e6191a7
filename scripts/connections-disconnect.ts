import "./environment-files"
import { activities } from "../lib/activity/activities"
import { BY_OPERATOR } from "../lib/activity/activity-store"
import { issuer } from "../lib/bitbucket/identity"
import { createConnectionStore } from "../lib/connections/connection-store"
import { createInventory, type InventoryEntry } from "../lib/connections/inventory"
import { db } from "../lib/db/client"
import { type ExitCode, readArguments, refuseUsage, runOnDatabase } from "./command-line"
import { findConnection } from "./named-connection"

const usage = `Usage: npm run connections:disconnect -- ACCOUNT --yes [--json]
       npm run connections:disconnect -- --all --yes [--json]

Deletes a connection's tokens and signs its person out everywhere, as "Disconnect" on their page does; or everybody's.
The grant stays in the person's settings at Bitbucket until they remove it there. Without --yes it says what it would do.

  ACCOUNT  its uuid, with or without braces, or its id of Data Center; its username; or the connection's id
  --json   one JSON object: {"disconnected": number of connections, "signedOut": number of browsers}
  --help   this

Exit codes: 0 done; 1 no such connection, or the environment or the database is wrong; 2 wrong usage, or no --yes.`

const BATCH_SIZE = 200

const { flags, positionals } = readArguments(usage, ["all", "yes", "json"], 1)
const [account] = positionals
if ((account === undefined) !== flags.all) refuseUsage(usage, "Which connection? Name one, or say --all.")

await runOnDatabase(flags.json, () => (account === undefined ? disconnectAll() : disconnectOne(account)))

async function disconnectOne(name: string): Promise<ExitCode> {
  const found = await findConnection(name, flags.json)
  if (!found) return 1
  if (!flags.yes) return sayWhatWouldHappen(1)
  return report(await disconnect([found.entry]))
}

async function disconnectAll(): Promise<ExitCode> {
  const inventory = createInventory(db())
  if (!flags.yes) return sayWhatWouldHappen(await inventory.count())
  const sums = { disconnected: 0, signedOut: 0 }
  for (;;) {
    const batch = await inventory.list(BATCH_SIZE)
    if (batch.length === 0) return report(sums)
    const { disconnected, signedOut } = await disconnect(batch)
    sums.disconnected += disconnected
    sums.signedOut += signedOut
  }
}

async function disconnect(entries: InventoryEntry[]) {
  const store = createConnectionStore(db(), issuer())
  for (const { id, accountUuid } of entries) {
    await store.delete(id)
    await activities().record(accountUuid, "disconnected", BY_OPERATOR)
  }
  return {
    disconnected: entries.length,
    signedOut: entries.reduce((sum, { signedInBrowsers }) => sum + signedInBrowsers, 0),
  }
}

function report(sums: { disconnected: number; signedOut: number }): ExitCode {
  console.log(
    flags.json
      ? JSON.stringify(sums)
      : `Disconnected: ${sums.disconnected}. Browsers signed out: ${sums.signedOut}.`,
  )
  return 0
}

function sayWhatWouldHappen(count: number): ExitCode {
  console.error(`This would delete the tokens of ${count} and sign them out everywhere. Add --yes to do it.`)
  return 2
}
