import { parseUuid } from "auth-bitbucket/client"
import type { Connection } from "../../lib/accounts/connection"
import { createInventory, type InventoryEntry } from "../../lib/accounts/inventory"
import { db } from "../../lib/db/client"
import { type Given, OperatorError } from "./command"

/** @throws OperatorError if the operator named no account */
export function requireAccount({ account }: Given): string {
  if (account === undefined)
    throw new OperatorError("no_account", "Which account? Name one, or see --help.", 2)
  return account
}

/**
 * Finds the one connection that a name refers to.
 *
 * @throws OperatorError if it refers to none or to several
 */
export async function findConnection(
  name: string,
): Promise<{ entry: InventoryEntry; connection: Connection }> {
  const [only, ...others] = await createInventory(db()).find(name)
  if (!only)
    throw new OperatorError(
      "no_such_connection",
      "There is no such connection. `npm run ops -- connections` lists them.",
    )
  if (others.length > 0) {
    const accounts = [only, ...others].map(({ entry }) => entry.accountUuid).join(", ")
    throw new OperatorError(
      "several_connections",
      `Several accounts have this name. Use the uuid of one: ${accounts}.`,
    )
  }
  return only
}

/**
 * The account that a name refers to, whether it is connected or not.
 *
 * @returns null if no connection has this name and it is not a uuid
 */
export async function findAccount(name: string): Promise<string | null> {
  const [found, ...others] = await createInventory(db()).find(name)
  if (found && others.length === 0) return found.entry.accountUuid
  return parseUuid(name)
}

export function noData(): OperatorError {
  return new OperatorError(
    "no_data",
    "The database holds nothing about this account. Check the name, or use the account's uuid.",
  )
}
