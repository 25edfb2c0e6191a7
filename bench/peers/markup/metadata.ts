import type { Metadata, Viewport } from "next"

/** What this app has in the head of `/profile`. */
export const metadata: Metadata = {
  title: "Profile · Sign in with Bitbucket",
  robots: { index: false, follow: false },
}

export const viewport: Viewport = { colorScheme: "light dark" }
