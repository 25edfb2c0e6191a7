import Link from "next/link"
import type { ReactNode } from "react"
import { site } from "@/lib/site"

/** The bar above every page. `children` shows the signed-in user, if there is one. */
export function SiteHeader({ children }: { children: ReactNode }) {
  return (
    <header className="site-header">
      <div>
        <Link href="/" prefetch={false} className="site-name" aria-label={`${site.name}: start page`}>
          {/* biome-ignore lint/performance/noImgElement: a drawing of some hundred bytes has nothing to optimize */}
          <img src={site.logo} alt="" width="28" height="28" loading="lazy" />
          <span>{site.name}</span>
        </Link>
        {children}
      </div>
    </header>
  )
}
