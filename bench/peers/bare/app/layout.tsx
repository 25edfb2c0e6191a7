import type { ReactNode } from "react"

export { metadata, viewport } from "../../markup/metadata"

/** The page renders the whole document, because its header shows the user that the page has asked for. */
export default function RootLayout({ children }: { children: ReactNode }) {
  return children
}
