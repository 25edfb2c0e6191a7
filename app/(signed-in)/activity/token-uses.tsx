import { Instant } from "@/components/instant"
import type { TokenUse } from "@/lib/accounts/token-uses"
import { tokenPurposeInWords } from "./activity-words"

/** What this app used the person's access for on one day, folded. */
export function TokenUses({ uses }: { uses: TokenUse[] }) {
  const total = uses.reduce((sum, { count }) => sum + count, 0)
  return (
    <details>
      <summary>This app used your access {total === 1 ? "once" : `${total} times`}</summary>
      <ul>
        {uses.map(({ purpose, count, lastAt }) => (
          <li key={purpose}>
            <span>{tokenPurposeInWords(purpose)}</span>{" "}
            <span>
              {count === 1 ? "once, at " : `${count} times, last at `}
              <Instant at={lastAt} as="time" />
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}
