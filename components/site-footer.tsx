import type { ReactNode } from "react"
import { site } from "@/lib/site"
import { words } from "./words"

/** The footer of every page. `children` are its settings. */
export function SiteFooter({ children }: { children: ReactNode }) {
  const links = site.support ? [site.support, ...site.legal] : site.legal
  return (
    <footer className="site-footer">
      <p>
        {links.map(({ label, href }) => (
          <a key={href} href={href} className="link">
            {label}
          </a>
        ))}
        <span>{words.notAffiliated}</span>
      </p>
      {children}
    </footer>
  )
}
