import type { ReactNode } from "react"

type Props = {
  /** The id of the heading that names the section. Unique on its page. */
  id: string
  title: string
  /** Shown to the right of the title. */
  aside?: ReactNode
  children: ReactNode
}

/** A section of a page, with a title. */
export function Card({ id, title, aside, children }: Props) {
  return (
    <section aria-labelledby={id} className="card">
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  )
}
