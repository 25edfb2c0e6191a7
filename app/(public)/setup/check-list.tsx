import { Badge } from "@/components/badge"
import { WithCode } from "@/components/with-code"
import type { CheckResult } from "@/lib/doctor/result"
import { stateBadges } from "./state-words"

export function CheckList({ results }: { results: readonly CheckResult[] }) {
  return (
    <ul className="rows">
      {results.map(({ id, state, code, sentence }) => {
        const { tone, word } = stateBadges[state === "ok" && code !== null ? "note" : state]
        return (
          <li key={id} data-check={id} className="check">
            <span>
              <Badge tone={tone}>{word}</Badge>
            </span>
            <p>
              <WithCode text={sentence} />
            </p>
          </li>
        )
      })}
    </ul>
  )
}
