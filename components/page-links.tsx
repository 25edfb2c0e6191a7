import { words } from "./words"

type Props = {
  page: {
    /** From 1. */
    number: number
    hasNext: boolean
    /** Items of the whole list; null if that is unknown. */
    total: number | null
    /** Whether the list continues after this page, but this app cannot show more of it. */
    isCutShort: boolean
  }
  /** What the list contains, in singular and plural. */
  noun: readonly [string, string]
  pathOf: (number: number) => string
}

/** Links to the next and previous page of a long list. */
export function PageLinks({ page, noun, pathOf }: Props) {
  const { number, hasNext, total, isCutShort } = page
  const isOnly = number === 1 && !hasNext
  return (
    <div className="mt-5 border-line border-t pt-5">
      <nav aria-label={words.pages} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
        <p className="text-ink-muted text-sm tabular-nums">
          {total !== null && `${total} ${total === 1 ? noun[0] : noun[1]}`}
          {total !== null && !isOnly && ", "}
          {!isOnly && words.page(number)}
        </p>
        {!isOnly && (
          <span className="flex flex-wrap gap-3">
            {number > 1 && <PageLink href={pathOf(number - 1)} label={words.previous} />}
            {hasNext && <PageLink href={pathOf(number + 1)} label={words.next} />}
          </span>
        )}
      </nav>
      {isCutShort && <p className="mt-3 text-ink-muted text-sm">{words.goesOnAtBitbucket}</p>}
    </div>
  )
}

function PageLink({ href, label }: { href: string; label: string }) {
  return (
    <a href={href} className="button">
      {label}
      <span className="sr-only">{words.pageLink}</span>
    </a>
  )
}
