import { Notice } from "@/components/notice"
import type { Connection } from "@/lib/connections/connection-store"
import { outcomeThatHolds } from "./renewal-outcomes"

const sentences = {
  renewed: { tone: "positive", title: "Renewed just now." },
  fresh: { tone: "positive", title: "It was renewed less than a minute ago." },
  later: {
    tone: "caution",
    title: "It could not be renewed just now. We’ll keep trying.",
  },
  ended: {
    tone: "critical",
    title: "This connection can’t be renewed any more. Sign in again to restore it.",
  },
} as const

type Props = { outcome: unknown; connection: Connection }

/** What came of "Renew now". The address only picks among these sentences, and none that is not true now. */
export function RenewalOutcomeNotice({ outcome, connection }: Props) {
  const known = outcomeThatHolds(outcome, connection)
  return known && <Notice tone={sentences[known].tone} title={sentences[known].title} />
}
