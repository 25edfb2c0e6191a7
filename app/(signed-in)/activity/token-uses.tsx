import { fill } from "@/components/fill"
import { Instant } from "@/components/instant"
import type { TokenUse } from "@/lib/accounts/token-uses"
import { page, tokenPurposeInWords } from "./activity-words"

/** What this site used the user's access for on one day, collapsed. */
export function TokenUses({ uses }: { uses: TokenUse[] }) {
  const total = uses.reduce((sum, { count }) => sum + count, 0)
  return (
    <details>
      <summary>
        <span>{page.used(total)}</span>
      </summary>
      <ul>
        {uses.map(({ purpose, count, lastAt }) => (
          <li key={purpose}>
            <span>{tokenPurposeInWords(purpose)}</span>{" "}
            <span>
              {fill(count === 1 ? page.usedOnce : page.usedLast(count), {
                time: <Instant at={lastAt} as="clock" />,
              })}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}
