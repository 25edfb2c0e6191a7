"use client"

import { useEffect, useState } from "react"
import { words } from "./words"

const SHOWN_MS = 2_000

/** Copies a value. `what` completes "Copy …" for people who cannot see which row the button is in. */
export function CopyButton({ value, what }: { value: string; what: string }) {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [isCopied])

  async function copy() {
    await navigator.clipboard.writeText(value)
    setIsCopied(true)
  }

  return (
    <button type="button" onClick={copy} className="needs-script min-w-19 button">
      <span aria-live="polite">{isCopied ? words.copied : words.copy}</span>
      <span className="sr-only"> {what}</span>
    </button>
  )
}
