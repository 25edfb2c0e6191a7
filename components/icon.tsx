import { createElement } from "react"
import type { IconNode } from "./lucide"

/** One of lucide's icons, rendered on the server. It repeats the text next to it, so it has no accessible name. */
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
