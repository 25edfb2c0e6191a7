import type { IconNode } from "lucide"
import { createElement } from "react"

/** One of lucide's icons, drawn on the server. It repeats what the words beside it say, so it has no name of its own. */
export function Icon({ of }: { of: IconNode }) {
  return (
    <svg
      viewBox="0 0 24 24"
      aria-hidden="true"
      className="icon"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {of.map(([shape, attributes], index) => createElement(shape, { key: index, ...attributes }))}
    </svg>
  )
}
