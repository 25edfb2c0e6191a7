"use client"

import { type ReactNode, useEffect, useRef } from "react"

/** The result of an action. Takes the focus, so that screen readers read it and Tab continues from there. */
export function Outcome({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => place.current?.focus(), [])
  return (
    <div ref={place} tabIndex={-1} className="outcome">
      {children}
    </div>
  )
}
