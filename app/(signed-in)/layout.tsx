import type { Metadata } from "next"
import type { ReactNode } from "react"
import { NavLink } from "@/components/nav-link"
import { hasWorkspaces } from "@/lib/server/bitbucket-urls"

export const metadata: Metadata = { robots: { index: false, follow: false } }

/**
 * The frame of a person's own pages. It guards nothing: a layout does not know which page it frames, and is not
 * rendered again on the way from one to the next. Each page asks `lib/sessions` for itself.
 */
export default function SignedInLayout({ children }: { children: ReactNode }) {
  return (
    <div className="grid gap-x-10 gap-y-6 pt-6 md:grid-cols-[12rem_minmax(0,1fr)] md:pt-10">
      <nav aria-label="Your account" className="flex flex-wrap gap-1 md:flex-col md:flex-nowrap">
        <NavLink href="/profile">Profile</NavLink>
        <NavLink href="/integrations/bitbucket">Bitbucket connection</NavLink>
        {hasWorkspaces() && <NavLink href="/workspaces">Workspaces</NavLink>}
        <NavLink href="/sessions">Signed-in browsers</NavLink>
        <NavLink href="/activity">Activity</NavLink>
      </nav>
      <div className="min-w-0">{children}</div>
    </div>
  )
}
