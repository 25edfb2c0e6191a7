import { clockText, dateText, instantText, relativeText, SERVER_ZONE } from "./time-text"

type Props = {
  at: Date
  /** What is read; the title has the instant, `datetime` ISO 8601. `clock`: the page names the zone once, by `Zone`. */
  as: "date" | "clock" | "instant" | "relative" | "instant-and-relative"
}

/**
 * A moment as a real `<time>`, in UTC from the server. On a page that has `LocalTimes`, times of the day are put into the
 * viewer's own zone before they are painted, which React must not take for a mistake.
 */
export function Instant({ at, as }: Props) {
  if (as === "instant-and-relative")
    return (
      <>
        <Instant at={at} as="instant" /> <span className="muted">{`(${relativeText(at, new Date())})`}</span>
      </>
    )
  if (as === "date") return <time dateTime={at.toISOString()}>{dateText(at)}</time>
  const dated = { dateTime: at.toISOString(), title: instantText(at) }
  if (as === "relative") return <time {...dated}>{relativeText(at, new Date())}</time>
  return (
    <time {...dated} data-local={as} suppressHydrationWarning>
      {as === "clock" ? clockText(at) : dated.title}
    </time>
  )
}

/** Names the zone of the times on a page that has `LocalTimes`, once for all that show none of their own. */
export function Zone() {
  return (
    <span data-local="zone" suppressHydrationWarning>
      {SERVER_ZONE}
    </span>
  )
}

/** The heading of a day in a list that goes back in time; hidden where the entry before it has the same. */
export function Day({ at, after }: { at: Date; after: Date | undefined }) {
  const text = dateText(at)
  return (
    <h2 hidden={after !== undefined && dateText(after) === text} suppressHydrationWarning>
      <time dateTime={at.toISOString()} data-local="day" suppressHydrationWarning>
        {text}
      </time>
    </h2>
  )
}
