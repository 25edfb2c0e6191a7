import type { Metadata, Viewport } from "next"

/** What this app has in the head of `/profile`. */
export const metadata: Metadata = {
  title: "Profile · Sign in with Bitbucket",
  description:
    "Sign in with the Bitbucket account you already have, see what you allowed, and take it back when you want.",
  robots: { index: false, follow: false },
}

export const viewport: Viewport = { colorScheme: "light dark" }
