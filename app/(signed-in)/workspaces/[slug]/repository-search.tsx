import type { RepositoryQuery } from "@/lib/bitbucket/workspace-lists"
import { LONGEST_SEARCH, repositoriesPath } from "../list-address"
import { words as shared } from "../words"
import { words } from "./words"

/** A GET form for this page, so that it works without a script and the result can be bookmarked. */
export function RepositorySearch({ slug, query }: { slug: string; query: RepositoryQuery }) {
  return (
    <search>
      <form action={repositoriesPath(slug)} className="finder">
        <label>
          <span>{words.wordsInName}</span>
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
          <span>{words.order}</span>
          <select name="sort" defaultValue={query.sort} className="field">
            {Object.entries(words.sorts).map(([sort, name]) => (
              <option key={sort} value={sort}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button">
          {shared.finder.search}
        </button>
      </form>
    </search>
  )
}
