import type { Metadata, Viewport } from "next"
import type { ReactNode } from "react"
import { AccountBar } from "@/components/account-bar"
import { SiteFooter } from "@/components/site-footer"
import { SiteHeader } from "@/components/site-header"
import { ThemeChoice } from "@/components/theme-choice"
import { environment } from "@/lib/env"
import { chosenTheme, themes } from "@/lib/server/theme"
import { findSession } from "@/lib/sessions/current-session"
import { site } from "@/lib/site"
import { signOut } from "./(signed-in)/actions"
import { chooseTheme } from "./actions"
import "./globals.css"

/** Addresses in it are absolute, so it is made for each request: the build knows no origin. */
export function generateMetadata(): Metadata {
  const { AUTH_URL } = environment()
  return {
    ...(AUTH_URL && { metadataBase: new URL(AUTH_URL) }),
    title: { default: site.name, template: `%s · ${site.name}` },
    description: site.description,
    // Naming one of them here makes Next leave out the others, but for favicon.ico.
    icons: {
      icon: { url: "/icon.svg", type: "image/svg+xml", sizes: "any" },
      apple: "/apple-touch-icon.png",
    },
  }
}

export const viewport: Viewport = { colorScheme: "light dark" }

/** The nonce of the Content Security Policy is new for each response, so no page can be made in advance. */
export const dynamic = "force-dynamic"

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = await chosenTheme()
  // Before anything is rendered, since to stop in the middle of a page takes a tenth more of the processor. Where the
  // database cannot say who is signed in, the header says nothing: the page below has to tell.
  const session = await findSession()
  return (
    <html lang="en" data-theme={theme}>
      <body>
        <a href="#content" className="skip-link">
          Skip to content
        </a>
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
