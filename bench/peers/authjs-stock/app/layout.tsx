import type { ReactNode } from "react"

export { metadata } from "../../markup/metadata"

/** The page renders the whole document. */
export default function RootLayout({ children }: { children: ReactNode }) {
  return children
}
