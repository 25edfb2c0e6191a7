import type { ReactNode } from "react"
import type { Tone } from "./badge"

type Props = {
  tone: Exclude<Tone, "neutral">
  title: string
  /** What to do about it, or more about it. */
  children?: ReactNode
}

/** Something that a person should know before the rest of the page. Screen readers say it as it appears. */
export function Notice({ tone, title, children }: Props) {
  return (
    <div role={tone === "critical" ? "alert" : "status"} className="notice" data-tone={tone}>
      <strong>{title}</strong>
      {children && <div>{children}</div>}
    </div>
  )
}
