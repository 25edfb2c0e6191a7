import type { ReactNode } from "react"

type Props = {
  eyebrow: string
  title: string
  /** What happened, in a sentence or two. */
  children: ReactNode
  /** The one thing to do now. */
  action: ReactNode
  /** How urgently screen readers say it. */
  role?: "alert" | "status"
}

/** A page that says one thing. */
export function MessagePage({ eyebrow, title, children, action, role }: Props) {
  return (
    <div className="mx-auto max-w-lg py-16 sm:py-24">
      <div role={role}>
        <p className="font-medium text-ink-muted text-sm">{eyebrow}</p>
        <h1 className="mt-2 font-semibold text-2xl">{title}</h1>
        <div className="mt-4 space-y-3 text-ink-muted">{children}</div>
      </div>
      <div className="mt-8">{action}</div>
    </div>
  )
}
