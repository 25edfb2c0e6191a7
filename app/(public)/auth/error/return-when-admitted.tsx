"use client"

import { useEffect } from "react"

const ASK_EVERY_MS = 20_000

/** Shows nothing. Leads back to the page that the person wanted as soon as they are signed in again. */
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
