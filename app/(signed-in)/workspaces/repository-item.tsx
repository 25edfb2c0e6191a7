import type { Repository } from "auth-bitbucket/client"
import { fill } from "@/components/fill"
import { Instant } from "@/components/instant"
import { Visibility } from "@/components/visibility"
import { bitbucketPages } from "@/lib/bitbucket/urls"
import { words } from "./words"

type Props = {
  repository: Repository
  /** The path to its details, in a list of several workspaces. Otherwise its name links to Bitbucket. */
  pickPath?: string
}

export function RepositoryItem({ repository, pickPath }: Props) {
  const { workspace, workspaceName, slug, name, description, isPrivate, language, updatedOn } = repository
  return (
    <li className="py-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {pickPath ? (
          <a className="link wrap-anywhere min-w-0 font-medium" href={pickPath}>
            {`${workspaceName ?? workspace} / ${name}`}
          </a>
        ) : (
          <a
            className="link wrap-anywhere min-w-0 font-medium"
            href={bitbucketPages().repository(workspace, slug)}
            target="_blank"
            rel="noreferrer"
          >
            {name}
          </a>
        )}
        {isPrivate !== null && <Visibility isPrivate={isPrivate} />}
      </div>
      {description && <p className="wrap-anywhere mt-1 line-clamp-2 text-sm">{description}</p>}
      <p className="mt-1 flex flex-wrap gap-x-4 text-ink-muted text-sm">
        {language && <span>{language}</span>}
        {updatedOn && (
          <span>{fill(words.updated, { when: <Instant at={new Date(updatedOn)} as="relative" /> })}</span>
        )}
      </p>
    </li>
  )
}
