import type { Account } from "auth-bitbucket/client"
import { accountName } from "./account-name"
import { Avatar } from "./avatar"
import { words } from "./words"

/** The signed-in user, and the button that signs them out. Both are always visible and work without a script. */
export function AccountBar({ account, signOut }: { account: Account; signOut: () => Promise<void> }) {
  return (
    <div className="account-bar">
      <a href="/profile">
        <span className="sr-only">{words.signedInAs}</span>
        <span>{accountName(account)}</span>
        <Avatar account={account} size="small" />
      </a>
      <form action={signOut}>
        <button type="submit" className="button">
          {words.signOut}
        </button>
      </form>
    </div>
  )
}
