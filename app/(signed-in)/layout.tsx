import type { Metadata } from "next"
import type { ReactNode } from "react"
import { AccountNav } from "@/components/account-nav"
import { hasWorkspaces } from "@/lib/bitbucket/urls"
import { navigation, places } from "./words"

/** Search engines leave a person's own pages out. */
export const metadata: Metadata = { robots: { index: false, follow: false } }

/**
 * The frame of a person's own pages. It protects nothing: a layout does not know which page it frames, and Next does not
 * render it again between two of them. Each page asks `lib/sessions` itself.
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
