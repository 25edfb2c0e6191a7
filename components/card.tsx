import type { ReactNode } from "react"

type Props = {
  /** Names the section to those who cannot see it; unique on its page. */
  id: string
  title: string
  /** Stands at the right of the title. */
  aside?: ReactNode
  children: ReactNode
}

/** A titled part of a page. */
export function Card({ id, title, aside, children }: Props) {
  return (
    <section aria-labelledby={id} className="rounded-lg border border-line bg-surface shadow-raised">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-line border-b px-5 py-3.5 sm:px-6">
        <h2 id={id} className="font-semibold text-base">
          {title}
        </h2>
        {aside}
      </div>
      <div className="px-5 py-5 sm:px-6">{children}</div>
    </section>
  )
}
