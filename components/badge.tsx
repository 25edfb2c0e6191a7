import type { ReactNode } from "react"

const tones = {
  positive: "bg-positive-tint text-positive",
  caution: "bg-caution-tint text-caution",
  critical: "bg-critical-tint text-critical",
  neutral: "bg-sunken text-ink-muted ring-1 ring-line ring-inset",
}

export type Tone = keyof typeof tones

/** A state in a word. The dot repeats the tone; the word alone carries the meaning. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 whitespace-nowrap rounded-full px-2.5 py-0.5 font-medium text-xs ${tones[tone]}`}
    >
      {tone !== "neutral" && <span aria-hidden="true" className="size-1.5 rounded-full bg-current" />}
      {children}
    </span>
  )
}
