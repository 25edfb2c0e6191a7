import type { Metadata } from "next"
import type { ReactNode } from "react"
import { AccountNav } from "@/components/account-nav"
import { hasWorkspaces } from "@/lib/bitbucket/urls"
import { navigation, places } from "./words"

/** Keeps search engines away from signed-in pages. */
export const metadata: Metadata = { robots: { index: false, follow: false } }

/**
 * The layout of signed-in pages. It protects nothing: a layout does not know which page it contains, and Next does not
 * render it again when the user navigates between them. Each page asks `lib/sessions` itself.
 */
export default function SignedInLayout({ children }: { children: ReactNode }) {
  return (
    <div className="account-frame">
      <AccountNav
        label={navigation}
        places={hasWorkspaces() ? places : places.filter(([href]) => href !== "/workspaces")}
      />
      <div>{children}</div>
    </div>
  )
}
