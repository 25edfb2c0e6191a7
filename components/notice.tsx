import type { ReactNode } from "react"
import type { Tone } from "./badge"

const tones: Record<Exclude<Tone, "neutral">, string> = {
  positive: "border-positive/30 bg-positive-tint text-positive",
  caution: "border-caution/30 bg-caution-tint text-caution",
  critical: "border-critical/30 bg-critical-tint text-critical",
}

type Props = {
  tone: keyof typeof tones
  title: string
  /** What to do about it, or more about it. */
  children?: ReactNode
}

/** Something that a person should know before the rest of the page. Screen readers say it as it appears. */
export function Notice({ tone, title, children }: Props) {
  return (
    <div
      role={tone === "critical" ? "alert" : "status"}
      className={`rounded-md border px-4 py-3 text-sm ${tones[tone]}`}
    >
      <p className="font-semibold">{title}</p>
      {children && <div className="mt-1 text-ink">{children}</div>}
    </div>
  )
}
