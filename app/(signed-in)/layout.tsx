import type { Metadata } from "next"
import type { ReactNode } from "react"
import { AccountFrame } from "./account-frame"

/** Keeps search engines away from signed-in pages. */
export const metadata: Metadata = { robots: { index: false, follow: false } }

/**
 * The layout of signed-in pages. It protects nothing: a layout does not know which page it contains, and Next does not
 * render it again when the user navigates between them. Each page asks `lib/sessions` itself.
 */
export default function SignedInLayout({ children }: { children: ReactNode }) {
  return <AccountFrame>{children}</AccountFrame>
}
