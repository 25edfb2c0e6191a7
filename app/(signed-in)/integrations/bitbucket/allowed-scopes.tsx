import { isGranted } from "auth-bitbucket/client"
import { Card } from "@/components/card"
import { ScopeList } from "@/components/scope-list"
import { SignInButton } from "@/components/sign-in-button"
import { environment } from "@/lib/env"

/** What the person allowed, and what this app would need. */
export function AllowedScopes({ granted }: { granted: string[] }) {
  const missing = environment().BITBUCKET_SCOPES.filter((scope) => !isGranted(scope, granted))
  return (
    <Card id="allowed" title="What you allowed">
      <ScopeList scopes={granted} missing={missing} />
      <div className="after-rows choice">
        <p>
          {missing.length > 0
            ? "Reconnecting goes to Bitbucket and back, and asks again for what is missing."
            : "Reconnecting goes to Bitbucket and back, and asks for the same again."}
        </p>
        <SignInButton next="/integrations/bitbucket" label="Reconnect" look="secondary" />
      </div>
    </Card>
  )
}
