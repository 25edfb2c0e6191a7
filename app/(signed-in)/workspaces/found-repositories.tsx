import { Card } from "@/components/card"
import type { FoundRepositories as Found } from "@/lib/bitbucket/workspace-lists"
import { repositoriesPath, workspacesPath } from "./list-address"
import { missingInWords } from "./missing-words"
import { RepositoryItem } from "./repository-item"
import { words } from "./words"

/** The repositories found in all workspaces, and where there may be more. */
export function FoundRepositories({ found, search }: { found: Found; search: string }) {
  const { repositories, more } = found
  return (
    <Card
      id="found"
      title={words.repositories}
      aside={
        <a className="link" href={workspacesPath()}>
          {words.showWorkspaces}
        </a>
      }
    >
      <p role="status" className="aside">
        {words.found(repositories.length, more.length > 0)}
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
            {words.allIn(slug)}
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
