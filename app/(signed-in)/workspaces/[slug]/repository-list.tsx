import type { Repository } from "auth-bitbucket/client"
import { fill } from "@/components/fill"
import { PageLinks } from "@/components/page-links"
import type { NumberedPage } from "@/lib/bitbucket/numbered-page"
import { nameCondition, type RepositoryQuery } from "@/lib/bitbucket/workspace-lists"
import { repositoriesPath } from "../list-address"
import { RepositoryItem } from "../repository-item"
import { words } from "./words"

type Props = { slug: string; query: RepositoryQuery; page: NumberedPage<Repository> }

export function RepositoryList({ slug, query, page }: Props) {
  if (page.items.length === 0) return <NoRepository slug={slug} query={query} />
  return (
    <>
      <ul className="mt-5 -mb-5 divide-y divide-line border-line border-t">
        {page.items.map((repository) => (
          <RepositoryItem key={repository.slug} repository={repository} />
        ))}
      </ul>
      <PageLinks
        page={page}
        noun={words.repositories}
        pathOf={(number) => repositoriesPath(slug, { ...query, page: number })}
      />
    </>
  )
}

function NoRepository({ slug, query }: Omit<Props, "page">) {
  if (!nameCondition(query.search)) return <p className="mt-5 text-ink-muted text-sm">{words.none}</p>
  return (
    <p className="mt-5 text-ink-muted text-sm">
      {fill(/\s/.test(query.search) ? words.noneWithThese : words.noneWithThis, {
        link: (
          <a className="link" href={repositoriesPath(slug, { sort: query.sort })}>
            {words.showAll}
          </a>
        ),
      })}
    </p>
  )
}
