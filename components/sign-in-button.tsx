import { words } from "./words"

type Props = {
  /** A path on this app's own origin, from `parseReturnPath`. */
  next: string
  label?: string
  look?: "hero" | "primary" | "secondary"
}

const looks = { hero: "button primary large", primary: "button primary", secondary: "button" }

/** The link to Bitbucket. Not a next/link, which would prefetch it and so start an authorization. */
export function SignInButton({ next, label = words.signIn, look = "hero" }: Props) {
  return (
    <a
      href={`/oauth/bitbucket/authorize?next=${encodeURIComponent(next)}`}
      rel="nofollow"
      className={looks[look]}
    >
      {label}
    </a>
  )
}
