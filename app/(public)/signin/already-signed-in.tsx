import type { Account } from "auth-bitbucket/client"
import { accountName } from "@/components/account-name"
import { Avatar } from "@/components/avatar"
import { buttonStyle } from "@/components/button-style"
import { SignInButton } from "@/components/sign-in-button"

type Props = { account: Account; next: string; place: string }

/** For somebody who comes here although they are signed in: a bookmark, the Back button, another account. */
export function AlreadySignedIn({ account, next, place }: Props) {
  return (
    <section
      aria-labelledby="signed-in"
      className="rounded-lg border border-line bg-surface p-5 shadow-raised sm:p-6"
    >
      <div className="flex items-center gap-3">
        <Avatar account={account} size="medium" />
        <div className="min-w-0">
          <h2 id="signed-in" className="text-ink-muted text-sm">
            You are signed in as
          </h2>
          <p className="truncate font-semibold">{accountName(account)}</p>
        </div>
      </div>
      <div className="mt-5 grid gap-3 sm:grid-cols-2">
        <a href={next} className={buttonStyle("primary")}>
          Go to {place}
        </a>
        <SignInButton next={next} reason="signin" label="Sign in again" look="secondary" />
      </div>
    </section>
  )
}
