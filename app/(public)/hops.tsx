type Lane = 0 | 1 | 2

const lanes = ["You", "This app", "Bitbucket"] as const

const hops: readonly { from: Lane; to: Lane; label: string }[] = [
  { from: 0, to: 1, label: "You open a page that needs you" },
  { from: 1, to: 2, label: "We send you to Bitbucket with a one-time code" },
  { from: 0, to: 2, label: "You sign in and allow this app, at Bitbucket only" },
  { from: 2, to: 1, label: "Bitbucket sends you back with a code that works once" },
  { from: 1, to: 2, label: "We exchange the code for access, and keep it on the server" },
  { from: 1, to: 0, label: "The page you came for" },
]

/** From the left one to the right one of two lanes, in sixths: a lane runs down the middle of its third. */
const spans: Record<string, string> = {
  "01": "col-start-2 col-end-4",
  "12": "col-start-4 col-end-6",
  "02": "col-start-2 col-end-6",
}

/** Signing in, drawn: who sends the person where, in order. Read aloud it is a list of six sentences. */
export function Hops() {
  return (
    <section
      aria-labelledby="hops"
      className="rounded-lg border border-line bg-surface px-2 py-6 shadow-raised sm:px-4"
    >
      <h2 id="hops" className="mb-5 px-3 text-ink-muted text-sm">
        What happens when you sign in
      </h2>
      <ul aria-label="Who takes part" className="grid grid-cols-3 text-center font-semibold text-sm">
        {lanes.map((lane) => (
          <li key={lane}>{lane}</li>
        ))}
      </ul>
      <div className="relative mt-3">
        <LifeLines />
        <ol className="relative space-y-4 py-3">
          {hops.map((hop, index) => (
            <li key={hop.label} className="grid grid-cols-6">
              <Hop {...hop} number={index + 1} />
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}

function LifeLines() {
  return (
    <div aria-hidden="true" className="absolute inset-0 grid grid-cols-3">
      {lanes.map((lane) => (
        <span key={lane} className="w-px justify-self-center bg-line-strong" />
      ))}
    </div>
  )
}

function Hop({ from, to, label, number }: { from: Lane; to: Lane; label: string; number: number }) {
  const isForward = from < to
  const span = spans[isForward ? `${from}${to}` : `${to}${from}`]
  return (
    <div className={`flex flex-col justify-end ${span}`}>
      <p className="mx-auto max-w-[86%] bg-surface px-1 pb-1.5 text-center text-ink-muted text-xs sm:text-sm lg:text-xs">
        <span className="font-semibold text-accent">{number}</span> {label}
      </p>
      <span className={`flex items-center text-accent ${isForward ? "" : "rotate-180"}`} aria-hidden="true">
        <span className="size-1.5 -translate-x-1/2 rounded-full bg-current" />
        <span className="h-px flex-1 bg-current" />
        <svg viewBox="0 0 8 10" className="h-2.5 w-2" fill="currentColor" aria-hidden="true">
          <path d="M0 0l8 5-8 5z" />
        </svg>
      </span>
    </div>
  )
}
