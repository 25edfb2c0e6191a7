import type { ReactNode } from "react"
import { dateText, instantText, relativeText } from "./time-text"

type Props = {
  at: Date
  /** What is read; the title has the instant, `datetime` ISO 8601. */
  as: "date" | "instant" | "relative" | "instant-and-relative"
}

/** A moment as a real `<time>`. Its words are made on the server, in UTC, and never again in the browser. */
export function Instant({ at, as }: Props) {
  return (
    <time dateTime={at.toISOString()} title={instantText(at)}>
      {textOf(at, as)}
    </time>
  )
}

function textOf(at: Date, as: Props["as"]): ReactNode {
  switch (as) {
    case "date":
      return dateText(at)
    case "instant":
      return instantText(at)
    case "relative":
      return relativeText(at, new Date())
    case "instant-and-relative":
      return (
        <>
          {instantText(at)}{" "}
          <span className="whitespace-nowrap text-ink-muted">({relativeText(at, new Date())})</span>
        </>
      )
  }
}
