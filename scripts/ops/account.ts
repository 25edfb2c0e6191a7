import { parseUuid } from "auth-bitbucket/client"
import type { Connection } from "../../lib/accounts/connection"
import { type ConnectedAccount, createInventory, type InventoryEntry } from "../../lib/accounts/inventory"
import { db } from "../../lib/db/client"
import { type Given, OperatorError } from "./command"

/** @throws OperatorError if the operator named no account */
export function requireAccount({ account }: Given): string {
  if (account === undefined)
    throw new OperatorError("no_account", "Which account? Name one, or see --help.", 2)
  return account
}

/**
 * Finds the one connected account that a name refers to.
 *
 * @throws OperatorError if it refers to none or to several
 */
export async function findConnectedAccount(name: string): Promise<ConnectedAccount> {
  const [only, ...others] = await createInventory(db()).findAccounts(name)
  if (!only) throw noSuchConnection()
  if (others.length > 0) {
    const accounts = [only, ...others].map(({ accountUuid }) => accountUuid).join(", ")
    throw new OperatorError(
      "several_connections",
      `Several accounts have this name. Use the uuid of one: ${accounts}.`,
    )
  }
  return only
}

/**
 * Finds the one connection that a name refers to.
 *
 * @throws OperatorError if it refers to none or to several, DatabaseError if its row cannot be read
 */
export async function findConnection(
  name: string,
): Promise<{ entry: InventoryEntry; connection: Connection }> {
  const { accountUuid } = await findConnectedAccount(name)
  const found = await createInventory(db()).read(accountUuid)
  if (!found) throw noSuchConnection()
  return found
}

function noSuchConnection(): OperatorError {
  return new OperatorError(
    "no_such_connection",
    "There is no such connection. `npm run ops -- connections` lists them.",
  )
}

/**
 * The account that a name refers to, whether it is connected or not.
 *
 * @returns null if no connection has this name and it is not a uuid
 */
export async function findAccount(name: string): Promise<string | null> {
  const [found, ...others] = await createInventory(db()).findAccounts(name)
  if (found && others.length === 0) return found.accountUuid
  return parseUuid(name)
}

export function noData(): OperatorError {
  return new OperatorError(
    "no_data",
    "The database holds nothing about this account. Check the name, or use the account's uuid.",
  )
}
