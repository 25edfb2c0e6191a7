"use client"

import type { Route } from "next"
import Link, { useLinkStatus } from "next/link"
import { usePathname } from "next/navigation"
import type { ReactNode } from "react"

/** A link of the navigation: knows whether it is where one is or leads there, and shows that it is on its way. */
export function NavLink({ href, children }: { href: Route; children: ReactNode }) {
  const path = usePathname()
  const isBelow = path.startsWith(`${href}/`)
  return (
    <Link
      href={href}
      prefetch={false}
      aria-current={path === href ? "page" : isBelow || undefined}
      className="flex items-center justify-between gap-2 whitespace-nowrap rounded-md px-3 py-2 text-ink-muted text-sm hover:bg-sunken hover:text-ink aria-[current]:bg-sunken aria-[current]:font-medium aria-[current]:text-ink"
    >
      {children}
      <Pending />
    </Link>
  )
}

function Pending() {
  const { pending } = useLinkStatus()
  return (
    <span
      aria-hidden="true"
      className={`size-1.5 rounded-full bg-accent motion-safe:transition-opacity motion-safe:delay-150 ${pending ? "opacity-100 motion-safe:animate-pulse" : "opacity-0"}`}
    />
  )
}
