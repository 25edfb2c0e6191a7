import "./environment-files"
import { createInventory, type InventoryEntry } from "../lib/connections/inventory"
import { db } from "../lib/db/client"
import { readArguments, runOnDatabase } from "./command-line"
import { findConnection } from "./named-connection"

const usage = `Usage: npm run connections [-- ACCOUNT] [--json]

Lists the connections of DATABASE_URL, those that have been there longest first, at most 1000 of them; or shows one.
Prints no secret.

  ACCOUNT  its uuid, with or without braces, or its id of Data Center; its username; or the connection's id
  --json   one JSON object: {"total", "connections": [...]}, or the one connection
  --help   this

States: connected; renewing; waiting (lapsed: renewed when somebody comes); ending, ended (the person must sign in).
Exit codes: 0 done; 1 no such connection, or the environment or the database is wrong; 2 wrong usage.`

const MOST = 1_000

const { flags, positionals } = readArguments(usage, ["json"], 1)
const [name] = positionals
await runOnDatabase(flags.json, () => (name === undefined ? list() : show(name)))

async function list() {
  const inventory = createInventory(db())
  const [total, connections] = await Promise.all([inventory.count(), inventory.list(MOST)])
  if (flags.json) console.log(JSON.stringify({ total, connections }, null, 2))
  else {
    for (const entry of connections) console.log(inOneLine(entry))
    console.log(`${total} ${total === 1 ? "connection" : "connections"}`)
  }
  return 0 as const
}

async function show(account: string) {
  const found = await findConnection(account, flags.json)
  if (!found) return 1 as const
  if (flags.json) console.log(JSON.stringify(found.entry, null, 2))
  else
    for (const [key, value] of Object.entries(found.entry))
      console.log(`${key.padEnd(18)} ${value instanceof Date ? value.toISOString() : (value ?? "-")}`)
  return 0 as const
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
  // What a person calls themselves may hold anything, and this is a terminal.
  return columns.join("  ").replaceAll(/\p{Cc}/gu, "?")
}
