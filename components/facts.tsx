import type { ReactNode } from "react"

/** A list of names and values: beside each other where there is room, else one above the other. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="-my-3 divide-y divide-line">{children}</dl>
}

type Props = {
  name: string
  /** Null and undefined read as "Not set", in the tone of something that is missing and may be. */
  children: ReactNode
}

export function Fact({ name, children }: Props) {
  return (
    <div className="grid gap-x-6 gap-y-0.5 py-3 sm:items-baseline sm:grid-cols-[11rem_minmax(0,1fr)]">
      <dt className="text-ink-muted text-sm">{name}</dt>
      <dd className="min-w-0 text-sm">{children ?? <span className="text-ink-muted">Not set</span>}</dd>
    </div>
  )
}
