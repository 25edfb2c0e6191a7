import { fill } from "@/components/fill"
import { Instant } from "@/components/instant"
import type { TokenUse } from "@/lib/accounts/token-uses"
import { page, tokenPurposeInWords } from "./activity-words"

/** What this site used the user's access for on one day, collapsed. @param at the time of the last use */
export function TokenUses({ uses, at }: { uses: TokenUse[]; at: Date }) {
  const total = uses.reduce((sum, { count }) => sum + count, 0)
  return (
    <details>
      <summary>
        <span>
          {fill(total === 1 ? page.used : page.usedTimes(total), { time: <Instant at={at} as="clock" /> })}
        </span>
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
