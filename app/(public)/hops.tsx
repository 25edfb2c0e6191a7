type Lane = 0 | 1 | 2

const lanes = ["You", "This app", "Bitbucket"] as const

const hops: readonly { from: Lane; to: Lane; label: string }[] = [
  { from: 0, to: 1, label: "You open a page that needs a sign-in" },
  { from: 1, to: 2, label: "We send you to Bitbucket with a one-time code" },
  { from: 0, to: 2, label: "You sign in and allow this app, at Bitbucket only" },
  { from: 2, to: 1, label: "Bitbucket sends you back with a code that works once" },
  { from: 1, to: 2, label: "We exchange the code for access, and keep it on the server" },
  { from: 1, to: 0, label: "You see the page you asked for" },
]

/** A drawing of signing in: who sends the person where, in order. Screen readers read it as a list of six sentences. */
export function Hops() {
  return (
    <section aria-labelledby="hops" className="card hops">
      <header>
        <h3 id="hops">What happens when a person signs in</h3>
      </header>
      <ul aria-label="Who takes part">
        {lanes.map((lane) => (
          <li key={lane}>{lane}</li>
        ))}
      </ul>
      <ol>
        {hops.map(({ from, to, label }, index) => (
          <li key={label} data-lanes={`${Math.min(from, to)}${Math.max(from, to)}`}>
            <p>
              <strong>{index + 1}</strong> {label}
            </p>
            <span aria-hidden="true" data-back={from > to || undefined} />
          </li>
        ))}
      </ol>
    </section>
  )
}
