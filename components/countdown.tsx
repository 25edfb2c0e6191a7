"use client"

import { useEffect, useState } from "react"

/** The time left, second by second; without a script, as it was when the page was made. */
export function Countdown({ until }: { until: string }) {
  const [now, setNow] = useState<number>()
  useEffect(() => {
    const tick = () => setNow(Date.now())
    tick()
    const timer = setInterval(tick, 1_000)
    return () => clearInterval(timer)
  }, [])
  const end = Date.parse(until)
  return (
    <time dateTime={until} className="tabular-nums" suppressHydrationWarning>
      {clockText(Math.max(0, end - (now ?? Date.now())))}
    </time>
  )
}

/** "1:58:07" */
function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const two = (value: number) => String(value).padStart(2, "0")
  return `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}
