import type { ReactNode } from "react"

type Props = {
  title: string
  children: ReactNode
}

/** A collapsed section, for what most users do not read: only its title, until they open it. */
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
