import type { Metadata, Route } from "next"
import type { ReactNode } from "react"
import { AccountNav } from "@/components/account-nav"
import { hasWorkspaces } from "@/lib/server/bitbucket-urls"

/** No search engine shows a person's own pages, so none needs to be told what they are. */
export const metadata: Metadata = { description: null, robots: { index: false, follow: false } }

const places: readonly (readonly [Route, string])[] = [
  ["/profile", "Profile"],
  ["/integrations/bitbucket", "Connection"],
  ["/workspaces", "Workspaces"],
  ["/sessions", "Sessions"],
  ["/activity", "Activity"],
]

/**
 * The frame of a person's own pages. It guards nothing: a layout does not know which page it frames, and is not
 * rendered again on the way from one to the next. Each page asks `lib/sessions` for itself.
 */
export default function SignedInLayout({ children }: { children: ReactNode }) {
  return (
    <div className="account-frame">
      <AccountNav places={hasWorkspaces() ? places : places.filter(([href]) => href !== "/workspaces")} />
      <div>{children}</div>
    </div>
  )
}
