import type { ReactNode } from "react"

type Props = {
  title: string
  children: ReactNode
}

/** A part of a page that most people need not read: its title, and the rest when it is opened. */
export function FoldedCard({ title, children }: Props) {
  return (
    <details className="card folded">
      <summary>
        <h2>{title}</h2>
      </summary>
      {children}
    </details>
  )
}
