import { Card } from "@/components/card"
import type { FoundRepositories as Found } from "@/lib/server/workspace-lists"
import { repositoriesPath, workspacesPath } from "./list-address"
import { missingInWords } from "./missing-words"
import { RepositoryItem } from "./repository-item"

/** The repositories found in all workspaces, and where there may be more. */
export function FoundRepositories({ found, search }: { found: Found; search: string }) {
  const { repositories, more } = found
  const count = repositories.length
  return (
    <Card
      id="found"
      title="Repositories"
      aside={
        <a className="link" href={workspacesPath()}>
          Show workspaces
        </a>
      }
    >
      <p role="status" className="aside">
        {count === 0
          ? "No repository of your workspaces has this in its name."
          : `${count}${more.length > 0 ? " or more" : ""} ${count === 1 ? "repository has" : "repositories have"} this in the name.`}
      </p>
      <ul className="mt-3 divide-y divide-line">
        {repositories.map((repository) => (
          <RepositoryItem
            key={`${repository.workspace}/${repository.slug}`}
            repository={repository}
            pickPath={workspacesPath({ picked: `${repository.workspace}/${repository.slug}` })}
          />
        ))}
      </ul>
      {more.map((slug) => (
        <p key={slug} className="aside mt-2">
          <a className="link" href={repositoriesPath(slug, { search })}>
            All of them in {slug}
          </a>
        </p>
      ))}
      {missingInWords({ ...found, more: [] }).map((sentence) => (
        <p key={sentence} className="aside mt-2">
          {sentence}
        </p>
      ))}
    </Card>
  )
}
