import type { ReactNode } from "react"

export type Tone = "positive" | "caution" | "critical" | "neutral"

/** A state, in one word. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  const toned = tone === "neutral" ? {} : { "data-tone": tone }
  return (
    <span className="badge" {...toned}>
      {children}
    </span>
  )
}
