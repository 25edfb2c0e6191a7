import { z } from "zod"
import { environment } from "@/lib/env"
import { getResource } from "./api-client"
import { BitbucketError } from "./errors"

/** More pages than any person's own lists have: a server that always says "next" must not be followed for ever. */
const MOST_PAGES = 50

type Page<Item> = {
  items: Item[]
  /** The address of the next page, as Bitbucket gave it: followed, never built. Null on the last. */
  next: string | null
}

/**
 * Reads one page of a list of Bitbucket's.
 *
 * @param url of a resource on the API origin, or the `next` of a page before
 * @param itemSchema an item that it does not accept is left out: one odd repository must not hide the others
 * @throws BitbucketError
 */
async function getPage<Schema extends z.ZodType>(
  url: string,
  accessToken: string,
  itemSchema: Schema,
): Promise<Page<z.infer<Schema>>> {
  const pageSchema = z.object({ values: z.array(z.unknown()), next: z.string().optional().catch(undefined) })
  const { values, next } = await getResource(url, accessToken, pageSchema)
  return {
    items: values.flatMap((value) => {
      const item = itemSchema.safeParse(value)
      return item.success ? [item.data] : []
    }),
    next: next && isOnApiOrigin(next) ? next : null,
  }
}

/** Reads a whole list, page after page. @throws BitbucketError */
export async function getAllPages<Schema extends z.ZodType>(
  url: string,
  accessToken: string,
  itemSchema: Schema,
): Promise<z.infer<Schema>[]> {
  const items: z.infer<Schema>[] = []
  let next: string | null = url
  for (let pages = 0; next; pages++) {
    if (pages === MOST_PAGES) throw new BitbucketError("unexpected_answer", { status: 200 })
    const page: Page<z.infer<Schema>> = await getPage(next, accessToken, itemSchema)
    items.push(...page.items)
    next = page.next
  }
  return items
}

/** An empty `next` also means the last page; one that leads elsewhere would carry the token away. */
function isOnApiOrigin(url: string): boolean {
  return URL.canParse(url) && new URL(url).origin === environment().BITBUCKET_API_URL
}
