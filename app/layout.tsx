import type { Metadata, Viewport } from "next"
import type { ReactNode } from "react"
import { AccountBar } from "@/components/account-bar"
import { BuildNotice } from "@/components/build-notice"
import { SiteFooter } from "@/components/site-footer"
import { SiteHeader } from "@/components/site-header"
import { ThemeChoice } from "@/components/theme-choice"
import { environment } from "@/lib/env"
import { findSession } from "@/lib/sessions/current-session"
import { site } from "@/lib/site"
import { signOut } from "./(signed-in)/actions"
import { chooseTheme } from "./actions"
import { chosenTheme, themes } from "./theme"
import { frame } from "./words"
import "./globals.css"

/** Generated for each request, because its URLs are absolute and the build does not know the origin. */
export function generateMetadata(): Metadata {
  const { AUTH_URL } = environment()
  return {
    ...(AUTH_URL && { metadataBase: new URL(AUTH_URL) }),
    title: { default: site.name, template: `%s · ${site.name}` },
    description: site.description,
    // If any of them is listed here, Next leaves out the others, except favicon.ico.
    icons: {
      icon: { url: "/icon.svg", type: "image/svg+xml", sizes: "any" },
      apple: "/apple-touch-icon.png",
    },
  }
}

export const viewport: Viewport = { colorScheme: "light dark" }

/** Each response has a new nonce in its Content Security Policy, so no page can be prerendered. */
export const dynamic = "force-dynamic"

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = await chosenTheme()
  // Before anything is rendered, because waiting in the middle of a page takes a tenth more CPU time. If the database
  // fails, the header shows no user, and the page below says what is wrong.
  const session = await findSession()
  return (
    <html lang="en" data-theme={theme}>
      <body>
        <a href="#content" className="skip-link">
          {frame.skip}
        </a>
        <BuildNotice />
        <SiteHeader>
          {session && <AccountBar account={session.connection.profile.account} signOut={signOut} />}
        </SiteHeader>
        <main id="content">{children}</main>
        <SiteFooter>
          <ThemeChoice themes={themes} chosen={theme} choose={chooseTheme} />
        </SiteFooter>
      </body>
    </html>
  )
}
