import type { ReactNode } from "react"

type Props = {
  /** Names the section to those who cannot see it; unique on its page. */
  id: string
  title: string
  /** Stands at the right of the title. */
  aside?: ReactNode
  children: ReactNode
}

/** A titled part of a page. */
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
