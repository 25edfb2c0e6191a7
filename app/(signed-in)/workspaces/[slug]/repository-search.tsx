import type { RepositoryQuery, RepositorySort } from "@/lib/server/workspace-lists"
import { LONGEST_SEARCH, repositoriesPath } from "../list-address"

const sortNames: Record<RepositorySort, string> = {
  updated: "Updated last",
  oldest: "Updated longest ago",
  name: "Name, A to Z",
  "name-desc": "Name, Z to A",
}

/** A form that asks for another address of this page, so that it works without a script and can be bookmarked. */
export function RepositorySearch({ slug, query }: { slug: string; query: RepositoryQuery }) {
  return (
    <search>
      <form action={repositoriesPath(slug)} className="finder">
        <label>
          <span>Words in the name</span>
          <input
            type="search"
            name="q"
            defaultValue={query.search}
            maxLength={LONGEST_SEARCH}
            autoComplete="off"
            spellCheck={false}
            className="field"
          />
        </label>
        <label className="sm:grow-0">
          <span>Order</span>
          <select name="sort" defaultValue={query.sort} className="field">
            {Object.entries(sortNames).map(([sort, name]) => (
              <option key={sort} value={sort}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button">
          Search
        </button>
      </form>
    </search>
  )
}
