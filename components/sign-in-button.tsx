import { buttonStyle } from "./button-style"

type Props = {
  /** A path on this app's own origin, already parsed. */
  next: string
  /** Says in the address why somebody goes to Bitbucket; nothing reads it. */
  reason: "signin" | "retry" | "reauthorization" | "reconnect"
  label?: string
  look?: "hero" | "primary" | "secondary"
}

/** The way to Bitbucket. A plain link: next/link would fetch it ahead, and fetching it starts an authorization. */
export function SignInButton({ next, reason, label = "Sign in with Bitbucket", look = "hero" }: Props) {
  const href = `/oauth/bitbucket/authorize?reason=${reason}&next=${encodeURIComponent(next)}`
  return (
    <a
      href={href}
      rel="nofollow"
      className={look === "hero" ? buttonStyle("primary", "large") : buttonStyle(look)}
    >
      {label}
    </a>
  )
}
