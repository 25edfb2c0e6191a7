import type { ReactNode } from "react"
import { site } from "@/lib/site"

/** The line below every page. `children` are its choices. */
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
        <span>Not affiliated with Atlassian. Bitbucket is a trademark of Atlassian.</span>
      </p>
      {children}
    </footer>
  )
}
