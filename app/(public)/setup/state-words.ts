import type { Tone } from "@/components/badge"
import type { Diagnosis } from "@/lib/doctor/examine"
import type { CheckState } from "@/lib/doctor/result"

export const stateBadges: Record<CheckState | "note", { tone: Tone; word: string }> = {
  ok: { tone: "positive", word: "OK" },
  note: { tone: "neutral", word: "Note" },
  warning: { tone: "caution", word: "Look at this" },
  failed: { tone: "critical", word: "Wrong" },
}

/** The state of the setup, in one sentence. */
export function summaryOf({ groups }: Pick<Diagnosis, "groups">): string {
  const count = (wanted: CheckState) =>
    groups.flatMap(({ results }) => results).filter(({ state }) => state === wanted).length
  const failed = count("failed")
  const warnings = count("warning")
  if (failed === 0 && warnings === 0) return "All is well."
  const wrong = failed > 0 && `${failed === 1 ? "One thing is" : `${failed} things are`} wrong`
  const looks = warnings > 0 && `${warnings === 1 ? "one needs" : `${warnings} need`} a look`
  if (!wrong) return `Nothing is wrong; ${looks}.`
  return looks ? `${wrong}, and ${looks}.` : `${wrong}.`
}
