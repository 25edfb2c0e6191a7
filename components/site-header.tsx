import type { ReactNode } from "react"
import { site } from "@/lib/site"
import { words } from "./words"

/** The header of every page. `children` shows the signed-in user, if there is one. */
export function SiteHeader({ children }: { children: ReactNode }) {
  return (
    <header className="site-header">
      <div>
        <a href="/" className="site-name" aria-label={words.startPage(site.name)}>
          {/* biome-ignore lint/performance/noImgElement: a drawing of some hundred bytes has nothing to optimize */}
          <img src={site.logo} alt="" width="28" height="28" loading="lazy" />
          <span>{site.name}</span>
        </a>
        {children}
      </div>
    </header>
  )
}
