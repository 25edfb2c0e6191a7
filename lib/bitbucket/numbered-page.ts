import type { BitbucketList } from "auth-bitbucket/client"
import { processWide } from "@/lib/server/process-wide"
import { createRecentlyUsed } from "@/lib/server/recently-used"

/** How many items one of our pages shows. Bitbucket's own pages are longer, so a few of them fill many of ours. */
const PAGE_SIZE = 25
/** Two thousand items: people do not page further. */
const LAST_NUMBER = 80
/** Calls to Bitbucket for one of our pages, whatever number a URL asks for. */
const MOST_CALLS = 3
/** For how many lists this server remembers where their pages are: at most 40 URLs each. */
const REMEMBERED_LISTS = 500

export type NumberedPage<Item> = {
  items: Item[]
  /** From 1. The last page reached, if the requested one is further on. */
  number: number
  hasNext: boolean
  /** Items of the whole list, if Bitbucket says how many. */
  total: number | null
  /** Whether Bitbucket's list continues after this page, but at a URL that we do not follow. */
  isCutShort: boolean
}

/** Where one of Bitbucket's pages is, and how many items come before it. The first one needs no URL. */
type Place = { from: string | undefined; offset: number }

/** What the server remembers about a list: the URLs of its pages, and none of their contents. */
const trails = () => processWide("page-trails", () => createRecentlyUsed<Place[]>(REMEMBERED_LISTS))

/**
 * Reads the page of a list with this number. Bitbucket's pages have opaque URLs and no
 * numbers, so the server follows them once and remembers where each of them is. If a number is too far from any
 * known page, it leads to the furthest page that a few calls reach.
 *
 * @param number from 1
 * @param key identifies the list and the connection that it is read for; remembered pages are not used for any other
 * @throws BitbucketError
 */
export async function getNumberedPage<Item>(
  list: BitbucketList<Item>,
  number: number,
  key: string,
): Promise<NumberedPage<Item>> {
  const start = [{ from: undefined, offset: 0 }]
  const trail: Place[] = [...(trails().get(key) ?? start)]
  try {
    let reading = await readOn(list, trail, Math.min(number, LAST_NUMBER), MOST_CALLS)
    let callsLeft = MOST_CALLS - reading.calls
    // If the list has become shorter, a remembered page may be past its end: its last page is further back.
    while ((reading.shown - 1) * PAGE_SIZE < reading.offset && callsLeft > 0) {
      reading = await readOn(list, trail, reading.shown, callsLeft)
      callsLeft -= reading.calls
    }
    trails().set(key, trail)
    return pageOf(reading)
  } catch (error) {
    // A URL that worked once may stop working: the next view starts again from the first page.
    trails().set(key, start)
    throw error
  }
}

type Reading<Item> = {
  items: Item[]
  /** How many items come before these. */
  offset: number
  /** Which of our pages they fill. */
  shown: number
  calls: number
  continues: boolean
  leadsElsewhere: boolean
  total: number | null
}

/** Reads on from the last known place before a page, and records the following places in the trail. */
async function readOn<Item>(
  list: BitbucketList<Item>,
  trail: Place[],
  wanted: number,
  mostCalls: number,
): Promise<Reading<Item>> {
  const index = Math.max(
    0,
    trail.findLastIndex((place) => place.offset <= (wanted - 1) * PAGE_SIZE),
  )
  const { from, offset } = trail[index] as Place
  const items: Item[] = []
  const reading = {
    items,
    offset,
    calls: 0,
    continues: false,
    leadsElsewhere: false,
    total: null as number | null,
  }
  for await (const page of list.pages(from)) {
    items.push(...page.items)
    reading.calls++
    reading.continues = page.next !== null
    reading.leadsElsewhere = page.leadsElsewhere
    reading.total ??= page.total
    noteNext(
      trail,
      index + reading.calls,
      page.next === null ? null : { from: page.next, offset: offset + items.length },
    )
    if (offset + items.length >= wanted * PAGE_SIZE || reading.calls === mostCalls) break
  }
  const reached = Math.max(1, Math.ceil((offset + items.length) / PAGE_SIZE))
  return { ...reading, shown: Math.min(wanted, reached) }
}

/** The known URLs after this one stay valid as long as this one does. */
function noteNext(trail: Place[], index: number, next: Place | null): void {
  const known = trail[index]
  if (next && known && known.from === next.from && known.offset === next.offset) return
  trail.length = Math.min(trail.length, index)
  const isNew = next !== null && trail.every(({ from }) => from !== next.from)
  if (isNew && index < LAST_NUMBER) trail.push(next)
}

function pageOf<Item>({
  items,
  offset,
  shown,
  continues,
  leadsElsewhere,
  total,
}: Reading<Item>): NumberedPage<Item> {
  const hasMoreItems = offset + items.length > shown * PAGE_SIZE
  const hasMore = continues || hasMoreItems
  return {
    items: items.slice(Math.max(0, (shown - 1) * PAGE_SIZE - offset), shown * PAGE_SIZE - offset),
    number: shown,
    hasNext: hasMore && shown < LAST_NUMBER,
    total,
    isCutShort: (hasMore && shown === LAST_NUMBER) || (leadsElsewhere && !hasMoreItems),
  }
}
