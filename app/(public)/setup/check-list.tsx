import { Badge } from "@/components/badge"
import { type CheckResult, findingsOf } from "@/lib/doctor/result"
import { WithCode } from "../../../components/with-code"
import { stateBadges } from "./state-words"

/** What there is something to do about first; what is fine folds away where it is many. */
export function CheckList({ results }: { results: readonly CheckResult[] }) {
  const noteworthy = findingsOf(results)
  const fine = results.filter(({ code }) => code === null)
  return (
    <>
      {noteworthy.length > 0 && <Items results={noteworthy} />}
      {fine.length > MANY ? (
        <details className={noteworthy.length > 0 ? "mt-6" : ""}>
          <summary className="font-medium text-sm">{fine.length} that are fine</summary>
          <div className="mt-4">
            <Items results={fine} />
          </div>
        </details>
      ) : (
        fine.length > 0 && (
          <div className={noteworthy.length > 0 ? "mt-6 border-line border-t pt-5" : ""}>
            <Items results={fine} />
          </div>
        )
      )}
    </>
  )
}

const MANY = 6

function Items({ results }: { results: readonly CheckResult[] }) {
  return (
    <ul className="-my-3 divide-y divide-line">
      {results.map(({ id, state, sentence }) => {
        const { tone, word } = stateBadges[state]
        return (
          <li
            key={id}
            data-check={id}
            className="grid items-baseline gap-x-6 gap-y-1.5 py-3 text-sm sm:grid-cols-[8rem_minmax(0,1fr)]"
          >
            <span>
              <Badge tone={tone}>{word}</Badge>
            </span>
            <p className="min-w-0">
              <WithCode text={sentence} />
            </p>
          </li>
        )
      })}
    </ul>
  )
}
