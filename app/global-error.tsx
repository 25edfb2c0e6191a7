"use client"

import ErrorPage from "./error"
import "./globals.css"

/** Stands in for the whole document where even the layout could not be made; follows the system's theme. */
export default function GlobalError(props: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body className="px-4 font-sans text-base">
        <title>Something went wrong</title>
        <main>
          <ErrorPage {...props} />
        </main>
      </body>
    </html>
  )
}
