import { isGranted } from "auth-bitbucket/client"
import { Card } from "@/components/card"
import { ScopeList } from "@/components/scope-list"
import { SignInButton } from "@/components/sign-in-button"
import { environment } from "@/lib/env"
import { signInAgain } from "../../words"
import { words } from "./words"

/** What the user allowed, and what this site would need besides. */
export function AllowedScopes({ granted }: { granted: string[] }) {
  const missing = environment().BITBUCKET_SCOPES.filter((scope) => !isGranted(scope, granted))
  return (
    <Card id="allowed" title={words.allowed}>
      <ScopeList scopes={granted} missing={missing} />
      <div className="after-rows choice">
        <p>{missing.length > 0 ? words.askForMissing : words.askAgain}</p>
        <SignInButton next="/integrations/bitbucket" label={signInAgain} look="secondary" />
      </div>
    </Card>
  )
}
