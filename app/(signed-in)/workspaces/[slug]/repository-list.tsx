import type { Repository } from "auth-bitbucket/client"
import { PageLinks } from "@/components/page-links"
import type { NumberedPage } from "@/lib/server/numbered-page"
import { nameCondition, type RepositoryQuery } from "@/lib/server/workspace-lists"
import { repositoriesPath } from "../list-address"
import { RepositoryItem } from "../repository-item"

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
        noun={["repository", "repositories"]}
        pathOf={(number) => repositoriesPath(slug, { ...query, page: number })}
      />
    </>
  )
}

function NoRepository({ slug, query }: Omit<Props, "page">) {
  if (!nameCondition(query.search))
    return (
      <p className="mt-5 text-ink-muted text-sm">
        There is no repository in this workspace that you may see.
      </p>
    )
  return (
    <p className="mt-5 text-ink-muted text-sm">
      No repository has {/\s/.test(query.search) ? "all these words" : "this"} in its name.{" "}
      <a className="link" href={repositoriesPath(slug, { sort: query.sort })}>
        Show all
      </a>
    </p>
  )
}
