import { clockText, dateText, instantText, relativeText, SERVER_ZONE } from "./time-text"

type Props = {
  at: Date
  /** What the text shows. The title has the whole instant. With `clock`, the page names the time zone once, with `Zone`. */
  as: "date" | "clock" | "instant" | "relative" | "instant-and-relative"
}

/**
 * A moment as a `<time>` element, which the server renders in UTC. On a page with `LocalTimes`, the browser converts it to
 * the viewer's time zone before it is painted, and React must not treat that as a hydration error.
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

/** Names the time zone once, for all times of a page with `LocalTimes` that don't name it themselves. */
export function Zone() {
  return (
    <span data-local="zone" suppressHydrationWarning>
      {SERVER_ZONE}
    </span>
  )
}

/** The heading of a day in a list, newest first. Hidden if the previous entry has the same day. */
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
