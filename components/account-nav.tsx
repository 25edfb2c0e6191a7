"use client"

import type { Route } from "next"
import Link, { useLinkStatus } from "next/link"
import { usePathname } from "next/navigation"

type Props = { label: string; places: readonly (readonly [href: Route, name: string])[] }

/** The navigation of signed-in pages. Marks the open page, and the one that is loading. */
export function AccountNav({ label, places }: Props) {
  const path = usePathname()
  return (
    <nav aria-label={label} className="account-nav">
      {places.map(([href, name]) => (
        <Link
          key={href}
          href={href}
          prefetch={false}
          aria-current={path === href ? "page" : path.startsWith(`${href}/`) || undefined}
        >
          {name}
          <Pending />
        </Link>
      ))}
    </nav>
  )
}

function Pending() {
  const { pending } = useLinkStatus()
  return pending && <i aria-hidden="true" />
}
