import type { Account } from "auth-bitbucket/client"
import { accountName } from "@/components/account-name"
import { Avatar } from "@/components/avatar"
import { SignInButton } from "@/components/sign-in-button"
import { words } from "./words"

type Props = { account: Account; next: string; place: string }

/** For signed-in users who come from a bookmark or the Back button, or who want to use another account. */
export function AlreadySignedIn({ account, next, place }: Props) {
  return (
    <section aria-labelledby="signed-in" className="card pt-5">
      <div className="entry">
        <Avatar account={account} />
        <div>
          <h2 id="signed-in" className="muted">
            {words.signedInAs}
          </h2>
          <p className="font-semibold">{accountName(account)}</p>
        </div>
      </div>
      <div className="stack mt-5 sm:grid-cols-2">
        <a href={next} className="button primary">
          {words.goTo(place)}
        </a>
        <SignInButton next={next} label={words.again} look="secondary" />
      </div>
    </section>
  )
}
