import type { ReactNode } from "react"

type Props = {
  eyebrow: string
  title: string
  /** What happened, in one or two sentences. */
  children: ReactNode
  /** What to do now. */
  action: ReactNode
  /** How urgently screen readers announce it. */
  role?: "alert" | "status"
}

/** A page with a single message. */
export function MessagePage({ eyebrow, title, children, action, role }: Props) {
  return (
    <div className="message">
      <div {...(role && { role })}>
        <p>{eyebrow}</p>
        <h1>{title}</h1>
        <div>{children}</div>
      </div>
      <div>{action}</div>
    </div>
  )
}
