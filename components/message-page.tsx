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
