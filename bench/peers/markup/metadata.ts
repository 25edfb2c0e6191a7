import type { Metadata, Viewport } from "next"

/** The metadata in the head of this app's `/profile`. */
export const metadata: Metadata = {
  title: "Profile · Sign in with Bitbucket",
  robots: { index: false, follow: false },
}

export const viewport: Viewport = { colorScheme: "light dark" }
