import type { ReactNode } from "react"
import SignedInLayout from "@/app/(signed-in)/layout"
import "@/app/globals.css"
import { chosenTheme, themes } from "@/app/theme"
import { AccountBar } from "@/components/account-bar"
import { SiteFooter } from "@/components/site-footer"
import { SiteHeader } from "@/components/site-header"
import { ThemeChoice } from "@/components/theme-choice"
import type { Profile } from "@/lib/bitbucket/profile"
import { chooseTheme, signOut } from "./actions"

/** The frame around this app's signed-in pages, with the user's name in the header. */
export async function Frame({ account, children }: { account: Profile["account"]; children: ReactNode }) {
  const theme = await chosenTheme()
  return (
    <html lang="en" data-theme={theme}>
      <body>
        <a href="#content" className="skip-link">
          Skip to content
        </a>
        <SiteHeader>
          <AccountBar account={account} signOut={signOut} />
        </SiteHeader>
        <main id="content">
          <SignedInLayout>{children}</SignedInLayout>
        </main>
        <SiteFooter>
          <ThemeChoice themes={themes} chosen={theme} choose={chooseTheme} />
        </SiteFooter>
      </body>
    </html>
  )
}
