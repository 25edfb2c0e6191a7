import { z } from "zod"
import type { Api, CallOptions } from "./api.ts"
import { BitbucketError, type IncompleteList } from "./errors.ts"

/** Of a hundred entries each. Without a limit, a server that always says "next" would be followed forever. */
const MOST_PAGES = 1_000

/** One page of a list of Bitbucket's. */
export type Page<Item> = {
  /** Entries that could be read. */
  items: Item[]
  /** How many could not. */
  unreadable: number
  /** The URL of the next page, from Bitbucket. Null if there is none to follow. */
  next: string | null
  /** Whether there is a next page, but at a URL that is not followed: another origin, or another list. */
  leadsElsewhere: boolean
  /** Entries of the whole list, if Bitbucket says how many. */
  total: number | null
}

/**
 * A list of Bitbucket's. As an async iterable it is every entry, once each, and ends with BitbucketError
 * `incomplete_list` if that is not all of it: never silently with fewer.
 */
export type BitbucketList<Item> = AsyncIterable<Item> & {
  /**
   * Page after page, for as long as the caller continues.
   *
   * @param from the URL of a page that this list returned as `next`; by default the first page
   * @throws BitbucketError, `incomplete_list` if a page is repeated or they never end
   */
  pages: (from?: string) => AsyncGenerator<Page<Item>, void, undefined>
}

type Source<Schema extends z.ZodType> = {
  /** Of the first page, on the API's origin. */
  url: string
  itemSchema: Schema
  /** An entry's key; null for one that has none. */
  idOf: (item: z.infer<Schema>) => string | null
  mostPages?: number | undefined
} & CallOptions

const pageSchema = z.object({
  values: z.array(z.unknown()),
  next: z.string().optional().catch(undefined),
  size: z.number().int().nonnegative().nullish().catch(null),
})

export function createList<Schema extends z.ZodType>(
  api: Api,
  source: Source<Schema>,
): BitbucketList<z.infer<Schema>> {
  type Item = z.infer<Schema>
  const { url, itemSchema, idOf, mostPages = MOST_PAGES, signal } = source

  async function readPage(address: string): Promise<Page<Item>> {
    const { values, next, size } = await api.read(address, pageSchema, { signal })
    const followed = next && isPageOf(next, url) ? next : null
    const items = values.flatMap((value) => {
      const item = itemSchema.safeParse(value)
      return item.success ? [item.data] : []
    })
    return {
      items,
      unreadable: values.length - items.length,
      next: followed,
      leadsElsewhere: Boolean(next) && followed === null,
      total: size ?? null,
    }
  }

  async function* pages(from = url): AsyncGenerator<Page<Item>, void, undefined> {
    if (from !== url && !isPageOf(from, url)) throw new TypeError("The address is no page of this list")
    const visited = new Set<string>()
    let read = 0
    for (let next: string | null = from; next; ) {
      if (visited.has(next)) throw incomplete({ reason: "repeated_page", read, total: null })
      if (visited.size === mostPages) throw incomplete({ reason: "too_many_pages", read, total: null })
      visited.add(next)
      const page: Page<Item> = await readPage(next)
      read += page.items.length
      yield page
      next = page.next
    }
  }

  async function* entries(): AsyncGenerator<Item, void, undefined> {
    const seen = new Set<string>()
    const doubts = new Set<IncompleteList["reason"]>()
    let read = 0
    let unreadable = 0
    let total: number | null = null
    for await (const page of pages()) {
      // An entry that appears twice has moved, because the list has grown in the meantime.
      const fresh = page.items.filter((item) => {
        const id = idOf(item)
        if (id === null) return true
        const isNew = !seen.has(id)
        seen.add(id)
        return isNew
      })
      if (page.items.length > 0 && fresh.length === 0) doubts.add("repeated_page")
      if (page.leadsElsewhere) doubts.add("next_elsewhere")
      if (page.unreadable > 0) doubts.add("unreadable_entries")
      if (page.total !== null && total !== null && page.total < total) doubts.add("changed_meanwhile")
      total = page.total ?? total
      unreadable += page.unreadable
      read += fresh.length
      yield* fresh
      if (doubts.has("repeated_page")) break
    }
    if (total !== null && read + unreadable < total) doubts.add("fewer_than_counted")
    const [reason] = doubts
    if (reason !== undefined) throw incomplete({ reason, read, total })
  }

  return { pages, [Symbol.asyncIterator]: entries }

  /** The request carries the token, so it may go only to the API, and only to further pages of the same list. */
  function isPageOf(next: string, first: string): boolean {
    if (!URL.canParse(next)) return false
    const { origin, pathname, username, password } = new URL(next)
    const isSamePlace = origin === new URL(api.urls.api).origin && pathname === new URL(first).pathname
    return isSamePlace && username === "" && password === ""
  }
}

/**
 * Reads a list to its end, or as much of it as Bitbucket returns.
 *
 * @returns the entries, and what is missing, or null if nothing is
 * @throws BitbucketError of any code but `incomplete_list`
 */
export async function readAll<Item>(
  list: AsyncIterable<Item>,
): Promise<{ items: Item[]; incomplete: IncompleteList | null }> {
  const items: Item[] = []
  try {
    for await (const item of list) items.push(item)
    return { items, incomplete: null }
  } catch (error) {
    if (!(error instanceof BitbucketError) || !error.incomplete) throw error
    return { items, incomplete: error.incomplete }
  }
}

function incomplete(details: IncompleteList): BitbucketError {
  return new BitbucketError("incomplete_list", { status: 200, incomplete: details })
}
