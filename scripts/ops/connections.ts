import { createInventory, type InventoryEntry } from "../../lib/accounts/inventory"
import { db } from "../../lib/db/client"
import { findConnection } from "./account"
import { accountHelp, type ExitCode, type OperatorCommand } from "./command"

const usage = `Usage: npm run ops -- connections [ACCOUNT] [--json]

Lists the connections, oldest first, at most 1000 of them; or shows one. Prints no secret.

  ${accountHelp}
  --json   one JSON object: {"total", "connections": [...]}, or the one connection

States: connected; refreshing; waiting (expired, refreshed at the next visit); ending, ended (the person must sign in).
Exit codes: 0 done; 1 no such connection, a row that cannot be read, or the environment or the database is wrong;
2 called wrongly.`

const MOST = 1_000

export const command: OperatorCommand = {
  usage,
  flags: ["json"],
  takesAccount: true,
  async run({ account, json }) {
    if (account === undefined) return list(json)
    await show(account, json)
    return 0
  },
}

/** @returns the exit code */
async function list(isJson: boolean): Promise<ExitCode> {
  const inventory = createInventory(db())
  const [total, { connections, unreadable }] = await Promise.all([inventory.count(), inventory.list(MOST)])
  if (isJson) console.log(JSON.stringify({ total, connections }, null, 2))
  else {
    for (const entry of connections) console.log(inOneLine(entry))
    console.log(`${total} ${total === 1 ? "connection" : "connections"}`)
  }
  for (const { accountUuid, column } of unreadable)
    console.error(`${accountUuid} cannot be shown: this version cannot read ${column} in its row.`)
  return unreadable.length === 0 ? 0 : 1
}

async function show(account: string, isJson: boolean): Promise<void> {
  const { entry } = await findConnection(account)
  if (isJson) console.log(JSON.stringify(entry, null, 2))
  else
    for (const [key, value] of Object.entries(entry))
      console.log(
        printable(`${key.padEnd(18)} ${value instanceof Date ? value.toISOString() : (value ?? "-")}`),
      )
}

function inOneLine({
  accountUuid,
  state,
  expiresAt,
  signedInBrowsers,
  displayName,
  lastFailure,
}: InventoryEntry) {
  const columns = [
    accountUuid,
    state.padEnd(9),
    `until ${expiresAt.toISOString().slice(0, 19)}Z`,
    `${signedInBrowsers} signed in`,
    displayName ?? "-",
    ...(lastFailure ? [`last failure: ${lastFailure}`] : []),
  ]
  return printable(columns.join("  "))
}

/** A name may contain control characters, and this is a terminal. */
function printable(line: string): string {
  return line.replaceAll(/\p{Cc}/gu, "?")
}
