import { parseUuid } from "auth-bitbucket/bitbucket/uuid"
import type { Connection } from "../lib/connections/connection-store"
import { createInventory, type InventoryEntry } from "../lib/connections/inventory"
import { db } from "../lib/db/client"

/** The one connection that a name means; says so where it means none or several. */
export async function findConnection(
  name: string,
  isJson: boolean,
): Promise<{ entry: InventoryEntry; connection: Connection } | undefined> {
  const found = await createInventory(db()).find(name)
  const [only] = found
  if (only && found.length === 1) return only
  if (isJson) console.log(JSON.stringify({ error: only ? "several_connections" : "no_such_connection" }))
  else if (!only) console.error("There is no such connection.")
  else
    console.error(
      `Several accounts are called that: ${found.map(({ entry }) => entry.accountUuid).join(", ")}.`,
    )
  return undefined
}

/**
 * The account that a name means, whether it is connected or not.
 *
 * @returns null where no connection is called that and the name is no uuid
 */
export async function findAccount(name: string): Promise<string | null> {
  const [found, ...others] = await createInventory(db()).find(name)
  if (found && others.length === 0) return found.entry.accountUuid
  return parseUuid(name)
}
