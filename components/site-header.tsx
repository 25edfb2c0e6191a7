import Link from "next/link"
import type { ReactNode } from "react"
import { BrandMark } from "./brand-mark"

/** The bar above every page. `children` is who is signed in, where somebody is. */
export function SiteHeader({ children }: { children: ReactNode }) {
  return (
    <header className="border-line border-b bg-surface">
      <div className="mx-auto flex h-15 max-w-5xl items-center justify-between gap-4 px-4 sm:px-6">
        <Link
          href="/"
          prefetch={false}
          className="flex shrink-0 items-center gap-2.5 rounded-sm font-semibold text-sm"
        >
          <BrandMark className="size-7" />
          <span className="max-[24rem]:sr-only">Sign-in for Bitbucket</span>
        </Link>
        {children}
      </div>
    </header>
  )
}
