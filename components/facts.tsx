import type { ReactNode } from "react"
import { words } from "./words"

/** A list of names and values. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="facts">{children}</dl>
}

type Props = {
  name: string
  /** Null and undefined are shown as "Not set", in a muted colour. */
  children: ReactNode
}

export function Fact({ name, children }: Props) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children ?? <span className="muted">{words.notSet}</span>}</dd>
    </div>
  )
}
