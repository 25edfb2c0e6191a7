import type { ReactNode } from "react"
import type { Tone } from "./badge"

type Props = {
  tone: Exclude<Tone, "neutral">
  title: string
  /** Details, and what to do. */
  children?: ReactNode
}

/** Something to know before the rest of the page. Screen readers announce it when it appears. */
export function Notice({ tone, title, children }: Props) {
  return (
    <div role={tone === "critical" ? "alert" : "status"} className="notice" data-tone={tone}>
      <strong>{title}</strong>
      {children && <div>{children}</div>}
    </div>
  )
}
