"use client"

import { type ReactNode, useEffect, useRef } from "react"

/** What came of an action: takes the focus, so that it is read aloud and the keyboard goes on from there. */
export function Outcome({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => place.current?.focus(), [])
  return (
    <div ref={place} tabIndex={-1} className="outcome">
      {children}
    </div>
  )
}
