import type { Account } from "auth-bitbucket/client"
import Link from "next/link"
import { accountName } from "./account-name"
import { Avatar } from "./avatar"
import { buttonStyle } from "./button-style"

/** Who is signed in, and the way out: both always in sight, and the second works without a script. */
export function AccountBar({ account, signOut }: { account: Account; signOut: () => Promise<void> }) {
  const name = accountName(account)
  return (
    <div className="flex min-w-0 items-center gap-3">
      <Link
        href="/profile"
        prefetch={false}
        className="flex min-w-0 items-center gap-2.5 rounded-full text-sm sm:rounded-md sm:px-2 sm:py-1 sm:hover:bg-sunken"
      >
        <span className="sr-only">Signed in as </span>
        <span className="max-w-48 truncate max-sm:sr-only">{name}</span>
        <Avatar account={account} size="small" />
      </Link>
      <form action={signOut}>
        <button type="submit" className={buttonStyle("secondary")}>
          Sign out
        </button>
      </form>
    </div>
  )
}
