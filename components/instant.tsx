import { dateText, instantText, relativeText } from "@/lib/time-text"

type Props = {
  at: Date
  /** What is read; the other two are in the title and in `datetime`. */
  as: "date" | "instant" | "relative" | "instant-and-relative"
}

/** A moment as a real `<time>`. Its words are made on the server, in UTC, and never again in the browser. */
export function Instant({ at, as }: Props) {
  const absolute = instantText(at)
  const relative = relativeText(at, new Date())
  const text = {
    date: dateText(at),
    instant: absolute,
    relative,
    "instant-and-relative": (
      <>
        {absolute} <span className="whitespace-nowrap text-ink-muted">({relative})</span>
      </>
    ),
  }[as]
  return (
    <time dateTime={at.toISOString()} title={absolute}>
      {text}
    </time>
  )
}
