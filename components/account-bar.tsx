import type { Account } from "auth-bitbucket/client"
import Link from "next/link"
import { accountName } from "./account-name"
import { Avatar } from "./avatar"

/** The signed-in user, and the button that signs them out. Both are always in sight and work without a script. */
export function AccountBar({ account, signOut }: { account: Account; signOut: () => Promise<void> }) {
  return (
    <div className="account-bar">
      <Link href="/profile" prefetch={false}>
        <span className="sr-only">Signed in as </span>
        <span>{accountName(account)}</span>
        <Avatar account={account} size="small" />
      </Link>
      <form action={signOut}>
        <button type="submit" className="button">
          Sign out
        </button>
      </form>
    </div>
  )
}
