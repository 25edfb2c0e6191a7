import type { z } from "zod"
import type { ApiCredential } from "./api-client"
import { followPages } from "./page"

/** How many items a page of ours shows. Bitbucket's own pages are longer, so that a few of them make many of ours. */
const PAGE_SIZE = 25
/** Two thousand items: nobody leafs further, and each page costs Bitbucket all those before it. */
const LAST_NUMBER = 80

export type NumberedPage<Item> = {
  items: Item[]
  /** From 1; the last one where the page that was asked for is behind the end of the list. */
  number: number
  hasNext: boolean
  /** Items of the whole list, where Bitbucket says how many. */
  total: number | null
  /** Whether Bitbucket's list goes on after this page, but is not followed there. */
  isCutShort: boolean
}

/**
 * Reads the page of a list that a person asks for by number. Bitbucket's pages have opaque addresses and no
 * numbers, so they are followed from the first one on, as far as is needed.
 *
 * @param number from 1
 * @throws BitbucketError
 */
export async function getNumberedPage<Schema extends z.ZodType>(
  url: string,
  credential: ApiCredential,
  itemSchema: Schema,
  number: number,
): Promise<NumberedPage<z.infer<Schema>>> {
  const wanted = Math.min(number, LAST_NUMBER)
  const items: z.infer<Schema>[] = []
  let goesOn = false
  let leadsAstray = false
  let total: number | null = null
  for await (const page of followPages(url, credential, itemSchema)) {
    items.push(...page.items)
    goesOn = page.next !== null
    leadsAstray = page.isCutShort
    total ??= page.total
    if (items.length >= wanted * PAGE_SIZE) break
  }
  const shown = Math.min(wanted, Math.max(1, Math.ceil(items.length / PAGE_SIZE)))
  const hasMoreItems = items.length > shown * PAGE_SIZE
  const hasMore = goesOn || hasMoreItems
  return {
    items: items.slice((shown - 1) * PAGE_SIZE, shown * PAGE_SIZE),
    number: shown,
    hasNext: hasMore && shown < LAST_NUMBER,
    total,
    isCutShort: (hasMore && shown === LAST_NUMBER) || (leadsAstray && !hasMoreItems),
  }
}
