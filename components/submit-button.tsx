"use client"

import type { ComponentProps } from "react"
import { useFormStatus } from "react-dom"

type Props = ComponentProps<"button"> & {
  /** The label while the server works. */
  pending: string
}

/** A button that shows its pending state and cannot be pressed twice. Without a script, it is a plain button. */
export function SubmitButton({ pending, children, className = "button", ...button }: Props) {
  const status = useFormStatus()
  return (
    <button
      type="submit"
      className={className}
      // Not `disabled`, which would take the focus away.
      aria-disabled={status.pending || undefined}
      onClick={(event) => status.pending && event.preventDefault()}
      {...button}
    >
      {status.pending ? pending : children}
    </button>
  )
}
