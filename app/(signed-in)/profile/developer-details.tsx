import { CopyButton } from "@/components/copy-button"
import { Fact, Facts } from "@/components/facts"
import { Instant } from "@/components/instant"
import { isRenewable } from "@/lib/connections/access-token"
import type { Connection } from "@/lib/connections/connection-store"
import type { Profile } from "@/lib/server/profile"

type Props = { connection: Pick<Connection, "kind" | "scopes" | "expiresAt">; profile: Profile }

/** The one place on this page that speaks of tokens and scopes by their names. */
export function DeveloperDetails({ connection, profile }: Props) {
  const { uuid, accountId } = profile.account
  return (
    <>
      <Facts>
        <Fact name="Account uuid">
          <Identifier value={uuid} what="the account uuid" />
        </Fact>
        <Fact name="Account id">{accountId && <Identifier value={accountId} what="the account id" />}</Fact>
        <Fact name="Granted scopes">
          <code className="font-mono">{connection.scopes.join(" ")}</code>
        </Fact>
        <Fact name="Access token expires">
          {isRenewable(connection) ? (
            <Instant at={connection.expiresAt} as="instant-and-relative" />
          ) : (
            "Never: OAuth 1.0a"
          )}
        </Fact>
      </Facts>
      <details className="mt-6 border-line border-t pt-4 text-sm">
        <summary className="font-medium">This profile as JSON</summary>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
          tabIndex={0}
          className="mt-3 overflow-x-auto rounded-md border border-line bg-sunken p-4 font-mono text-xs"
        >
          {JSON.stringify(profile, null, 2)}
        </pre>
      </details>
    </>
  )
}

function Identifier({ value, what }: { value: string; what: string }) {
  return (
    <span className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <code className="min-w-0 wrap-anywhere font-mono">{value}</code>
      <CopyButton value={value} what={what} />
    </span>
  )
}
