import type { ReactNode } from "react"

export { metadata, viewport } from "../../markup/metadata"

/** The page brings its whole document, because its header names the person that the page has asked for. */
export default function RootLayout({ children }: { children: ReactNode }) {
  return children
}
