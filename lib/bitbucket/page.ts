import { z } from "zod"
import { environment } from "@/lib/env"
import { type ApiCredential, getResource } from "./api-client"
import { BitbucketError } from "./errors"

/** More pages than any person's own lists have: a server that always says "next" must not be followed for ever. */
const MOST_PAGES = 50

type Page<Item> = {
  items: Item[]
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
  return {
    items: values.flatMap((value) => {
      const item = itemSchema.safeParse(value)
      return item.success ? [item.data] : []
    }),
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
): AsyncGenerator<Page<z.infer<Schema>>, void, undefined> {
  const visited = new Set<string>()
  for (let next: string | null = url; next; ) {
    if (visited.has(next) || visited.size === MOST_PAGES)
      throw new BitbucketError("unexpected_answer", { status: 200 })
    visited.add(next)
    const page: Page<z.infer<Schema>> = await getPage(next, credential, itemSchema)
    yield page
    next = page.next
  }
}

/** Reads a whole list. @throws BitbucketError */
export async function getAllPages<Schema extends z.ZodType>(
  url: string,
  credential: ApiCredential,
  itemSchema: Schema,
): Promise<z.infer<Schema>[]> {
  const items: z.infer<Schema>[] = []
  for await (const page of followPages(url, credential, itemSchema)) items.push(...page.items)
  return items
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
