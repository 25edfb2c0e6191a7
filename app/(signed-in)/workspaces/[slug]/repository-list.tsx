import type { Repository } from "auth-bitbucket/client"
import { Instant } from "@/components/instant"
import { PageLinks } from "@/components/page-links"
import { Visibility } from "@/components/visibility"
import { bitbucketPages } from "@/lib/server/bitbucket-urls"
import type { NumberedPage } from "@/lib/server/numbered-page"
import { nameCondition, type RepositoryQuery } from "@/lib/server/workspace-lists"
import { repositoriesPath } from "../list-address"

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

function RepositoryItem({ repository }: { repository: Repository }) {
  const { workspace, slug, name, description, isPrivate, language, updatedOn } = repository
  return (
    <li className="py-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <a
          className="link wrap-anywhere min-w-0 font-medium"
          href={bitbucketPages().repository(workspace, slug)}
          target="_blank"
          rel="noreferrer"
        >
          {name}
        </a>
        {isPrivate !== null && <Visibility isPrivate={isPrivate} />}
      </div>
      {description && <p className="wrap-anywhere mt-1 line-clamp-2 text-sm">{description}</p>}
      <p className="mt-1 flex flex-wrap gap-x-4 text-ink-muted text-sm">
        {language && <span>{language}</span>}
        {updatedOn && (
          <span>
            Updated <Instant at={new Date(updatedOn)} as="relative" />
          </span>
        )}
      </p>
    </li>
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
