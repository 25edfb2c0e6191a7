import type { Context } from "hono"
import type { ApiEnv } from "./auth.ts"
import { type Searchable, search } from "./query.ts"
import { apiError, apiJson } from "./reply.ts"

const DEFAULT_PAGELEN = 10
const MAX_PAGELEN = 100

/**
 * One page of the items that match `q`, in the order of `sort` (BB-W4, BB-W5). `next` is absolute, and absent on the last
 * page; so is `previous` on the first. The refusals are recorded: "Invalid page" by apache/devlake#4546, "Invalid pagelen" by
 * jenkinsci/bitbucket-branch-source-plugin PR #1182 for a listing with a lower maximum. Bitbucket accepted a `pagelen` of 0
 * (codacy/bitbucket-scala-client PR #53).
 */
export function paginate<Item>(
  context: Context<ApiEnv>,
  items: readonly Item[],
  searchable: Searchable<Item>,
  resourceOf: (item: Item) => unknown = searchable.searchedOf,
): Response {
  const found = search(items, { q: context.req.query("q"), sort: context.req.query("sort") }, searchable)
  if (!found.ok) return apiError(context, 400, { message: found.message })
  const { length: size } = found.items
  const pagelen = parseCount(context.req.query("pagelen"), 0) || DEFAULT_PAGELEN
  if (Number.isNaN(parseCount(context.req.query("pagelen"), 0)) || pagelen > MAX_PAGELEN) {
    return apiError(context, 400, { message: "Invalid pagelen" })
  }
  const page = parseCount(context.req.query("page"), 1)
  const lastPage = Math.max(1, Math.ceil(size / pagelen))
  if (!(page >= 1 && page <= lastPage)) return apiError(context, 400, { message: "Invalid page" })
  const start = (page - 1) * pagelen
  return apiJson(context, {
    values: found.items.slice(start, start + pagelen).map(resourceOf),
    pagelen,
    size,
    page,
    next: page < lastPage ? pageUrl(context, page + 1) : undefined,
    previous: page > 1 ? pageUrl(context, page - 1) : undefined,
  })
}

/** BB-W10: a list that is empty for every query. */
export function emptyPage(context: Context<ApiEnv>): Response {
  return apiJson(context, { values: [], pagelen: DEFAULT_PAGELEN, size: 0, page: 1 })
}

/** NaN for anything but a count. */
function parseCount(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
}

function pageUrl(context: Context<ApiEnv>, page: number): string {
  const { pathname, searchParams } = new URL(context.req.url)
  const query = new URLSearchParams(searchParams)
  // A token or a signature from the query must not end up in a link that may be stored or followed elsewhere.
  for (const name of searchParams.keys()) {
    if (name === "access_token" || name.startsWith("oauth_")) query.delete(name)
  }
  query.set("page", String(page))
  return `${context.env.apiUrl}${pathname}?${query}`
}
