import { isGranted } from "auth-bitbucket/bitbucket/scopes"
import { Card } from "@/components/card"
import { ScopeList } from "@/components/scope-list"
import { SignInButton } from "@/components/sign-in-button"
import { environment } from "@/lib/env"

/** What the person allowed, beside what this app would need. */
export function AllowedScopes({ granted }: { granted: string[] }) {
  const missing = environment().BITBUCKET_SCOPES.filter((scope) => !isGranted(scope, granted))
  return (
    <Card id="allowed" title="What you allowed">
      <ScopeList scopes={granted} missing={missing} />
      <div className="mt-6 flex flex-wrap items-center gap-x-4 gap-y-3 border-line border-t pt-5">
        <SignInButton next="/integrations/bitbucket" reason="reconnect" label="Reconnect" look="secondary" />
        <p className="min-w-0 flex-1 basis-60 text-ink-muted text-sm">
          Goes to Bitbucket and back, and renews what you allowed.
        </p>
      </div>
    </Card>
  )
}
