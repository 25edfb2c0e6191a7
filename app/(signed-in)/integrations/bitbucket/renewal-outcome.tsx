import { Notice } from "@/components/notice"

const sentences = {
  renewed: { tone: "positive", title: "Renewed just now." },
  fresh: { tone: "positive", title: "It is fresh: Bitbucket gave it less than half a minute ago." },
  later: {
    tone: "caution",
    title: "Bitbucket could not renew it at this moment. It is tried again by itself.",
  },
  ended: {
    tone: "critical",
    title: "Bitbucket no longer renews this connection. Sign in again to restore it.",
  },
} as const

export type RenewalOutcome = keyof typeof sentences

/** What came of "Renew now". The address only picks among these sentences. */
export function RenewalOutcomeNotice({ outcome }: { outcome: unknown }) {
  const known = Object.entries(sentences).find(([name]) => name === outcome)?.[1]
  return known ? <Notice tone={known.tone} title={known.title} /> : null
}
