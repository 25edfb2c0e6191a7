"use client"

import { BuildNotice } from "@/components/build-notice"
import ErrorPage from "./error"
import { failure as words } from "./words"
import "./globals.css"

/** Replaces the whole document if even the layout fails. Follows the system's theme. */
export default function GlobalError(props: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body className="px-4 font-sans text-base">
        <title>{words.eyebrow}</title>
        <BuildNotice />
        <main>
          <ErrorPage {...props} />
        </main>
      </body>
    </html>
  )
}
