import { LocalTimes } from "@/app/local-times"
import { Fact, Facts } from "@/components/facts"
import { Instant } from "@/components/instant"
import { type Connection, isRefreshable } from "@/lib/accounts/connection"
import type { Profile } from "@/lib/bitbucket/profile"
import { words } from "./words"

type Props = { connection: Pick<Connection, "kind" | "scopes" | "expiresAt">; profile: Profile }

/** The only part of this page that uses the words “token” and “scope”. */
export function DeveloperDetails({ connection, profile }: Props) {
  const { uuid, accountId } = profile.account
  return (
    <>
      <LocalTimes />
      <Facts>
        <Fact name={words.uuid}>
          <code>{uuid}</code>
        </Fact>
        <Fact name={words.id}>{accountId && <code>{accountId}</code>}</Fact>
        <Fact name={words.scopes}>
          <code>{connection.scopes.join(" ")}</code>
        </Fact>
        <Fact name={words.expires}>
          {isRefreshable(connection) ? (
            <Instant at={connection.expiresAt} as="instant-and-relative" />
          ) : (
            words.never
          )}
        </Fact>
      </Facts>
      <h3>{words.asJson}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (axe: scrollable-region-focusable). */}
      <pre tabIndex={0}>{JSON.stringify(profile, null, 2)}</pre>
    </>
  )
}
