"use client"

import { useEffect } from "react"

const ASK_EVERY_MS = 20_000

/** Renders nothing. Goes back to the page that the user asked for as soon as they are signed in again. */
export function ReturnWhenAdmitted({ next }: { next: string }) {
  useEffect(() => {
    const timer = window.setInterval(async () => {
      const response = await fetch("/api/auth/session").catch(() => undefined)
      if (response?.ok && (await response.json()) !== null) window.location.replace(next)
    }, ASK_EVERY_MS)
    return () => window.clearInterval(timer)
  }, [next])
  return null
}
