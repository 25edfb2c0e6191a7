import type { ReactNode } from "react"

type Props = {
  title: string
  children: ReactNode
}

/** A part of a page that most people do not read: its title, and the rest when they open it. */
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
