import type { ReactNode } from "react"

type Props = {
  /** Names the section for people who cannot see it. Unique on its page. */
  id: string
  title: string
  /** Shown to the right of the title. */
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
