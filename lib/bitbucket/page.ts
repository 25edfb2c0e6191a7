import { BitbucketError } from "auth-bitbucket/bitbucket/errors"
import { z } from "zod"
import { environment } from "@/lib/env"
import { type ApiCredential, getResource } from "./api-client"

/** More pages than a person's own lists have: a server that always says "next" must not be followed for ever. */
const MOST_PAGES = 50

type Page<Item> = {
  items: Item[]
  /** Entries of this page that the schema does not accept. */
  unreadable: number
  /** The address of the next page, as Bitbucket gave it: followed, never built. Null where there is none to follow. */
  next: string | null
  /** Whether there is a next page, but at an address that is not followed. */
  isCutShort: boolean
  /** Of the whole list, where Bitbucket says it. */
  total: number | null
}

const pageSchema = z.object({
  values: z.array(z.unknown()),
  next: z.string().optional().catch(undefined),
  size: z.number().int().nonnegative().nullish().catch(null),
})

/** Reads one page of a list of Bitbucket's. */
async function getPage<Schema extends z.ZodType>(
  url: string,
  credential: ApiCredential,
  itemSchema: Schema,
): Promise<Page<z.infer<Schema>>> {
  const { values, next, size } = await getResource(url, credential, pageSchema)
  const followed = next && leadsOn(next, url) ? next : null
  const items = values.flatMap((value) => {
    const item = itemSchema.safeParse(value)
    return item.success ? [item.data] : []
  })
  return {
    items,
    unreadable: values.length - items.length,
    next: followed,
    isCutShort: Boolean(next) && followed === null,
    total: size ?? null,
  }
}

/**
 * Reads a list page after page, as far as the caller goes on.
 *
 * @param url of a list on the API origin
 * @param itemSchema an item that it does not accept is left out: one odd repository must not hide the others
 * @throws BitbucketError, also where the pages lead in a circle or never end
 */
export async function* followPages<Schema extends z.ZodType>(
  url: string,
  credential: ApiCredential,
  itemSchema: Schema,
  mostPages = MOST_PAGES,
): AsyncGenerator<Page<z.infer<Schema>>, void, undefined> {
  const visited = new Set<string>()
  for (let next: string | null = url; next; ) {
    if (visited.has(next) || visited.size === mostPages)
      throw new BitbucketError("unexpected_answer", { status: 200 })
    visited.add(next)
    const page: Page<z.infer<Schema>> = await getPage(next, credential, itemSchema)
    yield page
    next = page.next
  }
}

/** What came of a list, and whether that is all of it. */
export type List<Item> = {
  items: Item[]
  /** False where entries are missing: unreadable ones, a next page that is not followed, fewer than Bitbucket counts. */
  isComplete: boolean
}

/** Reads a list to its end, as far as it can be followed. @throws BitbucketError, also where it has more pages than that */
export async function getList<Schema extends z.ZodType>(
  url: string,
  credential: ApiCredential,
  itemSchema: Schema,
  mostPages = MOST_PAGES,
): Promise<List<z.infer<Schema>>> {
  const items: z.infer<Schema>[] = []
  let isComplete = true
  for await (const page of followPages(url, credential, itemSchema, mostPages)) {
    items.push(...page.items)
    const isShort = page.next === null && page.total !== null && page.total > items.length
    if (page.unreadable > 0 || page.isCutShort || isShort) isComplete = false
  }
  return { items, isComplete }
}

/** The token goes along: only to the API, and only to more of the same list. */
function leadsOn(next: string, from: string): boolean {
  if (!URL.canParse(next)) return false
  const { origin, pathname, username, password } = new URL(next)
  return (
    origin === environment().BITBUCKET_API_URL &&
    pathname === new URL(from).pathname &&
    username === "" &&
    password === ""
  )
}
