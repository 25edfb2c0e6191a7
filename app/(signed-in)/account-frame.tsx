import type { ReactNode } from "react"
import { AccountNav } from "@/components/account-nav"
import { hasWorkspaces } from "@/lib/bitbucket/urls"
import { navigation, places } from "./words"

/** One of a person's own pages, with the navigation of all of them. */
export function AccountFrame({ children }: { children: ReactNode }) {
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
