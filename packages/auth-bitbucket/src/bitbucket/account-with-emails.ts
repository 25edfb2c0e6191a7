import type { Account } from "./account.ts"
import type { Email } from "./emails.ts"
import { BitbucketError } from "./errors.ts"
import { readAll } from "./list.ts"

/** An account, and its addresses; null if they may not be read, since the scope `email` was not granted. */
export type AccountWithEmails = { account: Account; emails: Email[] | null }

type Reader = {
  user: () => Promise<Account>
  emails: () => AsyncIterable<Email>
}

/**
 * Reads an account and its addresses at the same time.
 *
 * @param requireEmails whether to fail where the addresses cannot be read at this moment. Otherwise an outage of that one
 *   endpoint prevents nothing, and they are null. That the scope was not granted is never a failure
 * @throws BitbucketError
 */
export async function readAccountWithEmails(
  client: Reader,
  { requireEmails }: { requireEmails: boolean },
): Promise<AccountWithEmails> {
  const [account, emails] = await Promise.all([client.user(), readEmails(client, requireEmails)])
  return { account, emails }
}

async function readEmails(client: Reader, isRequired: boolean): Promise<Email[] | null> {
  try {
    return (await readAll(client.emails())).items
  } catch (error) {
    if (!(error instanceof BitbucketError)) throw error
    if (!isRequired || error.code === "insufficient_scope" || error.code === "forbidden") return null
    throw error
  }
}
