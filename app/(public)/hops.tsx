import { hops, words } from "./words"

/** A diagram of the sign-in: who sends the user where, in order. Screen readers read it as a list of six sentences. */
export function Hops() {
  return (
    <section aria-labelledby="hops" className="card hops">
      <header>
        <h3 id="hops">{words.hops}</h3>
      </header>
      <ul aria-label={words.whoTakesPart}>
        {words.lanes.map((lane) => (
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
