import type { Repository } from "auth-bitbucket/client"
import Link from "next/link"
import { Card } from "@/components/card"
import { CopyButton } from "@/components/copy-button"
import { Fact, Facts } from "@/components/facts"
import { Instant } from "@/components/instant"
import { Visibility } from "@/components/visibility"
import { bitbucketPages } from "@/lib/bitbucket/urls"
import { repositoriesPath } from "./list-address"
import { words } from "./words"

/** The result of picking a repository: its details, and the data that an app receives. */
export function PickedRepository({ repository }: { repository: Repository }) {
  const { workspace, workspaceName, slug, name, description, isPrivate, language, updatedOn } = repository
  const address = bitbucketPages().repository(workspace, slug)
  return (
    <Card
      id="picked"
      title={name}
      aside={
        <a className="link" href={address} target="_blank" rel="noreferrer">
          {words.openAtBitbucket}
        </a>
      }
    >
      <Facts>
        {description && <Fact name={words.description}>{description}</Fact>}
        <Fact name={words.workspace}>
          <Link
            className="link inline-block"
            href={repositoriesPath(workspace) as "/workspaces"}
            prefetch={false}
          >
            {workspaceName ?? workspace}
          </Link>
        </Fact>
        {isPrivate !== null && (
          <Fact name={words.whoSees}>
            <Visibility isPrivate={isPrivate} />
          </Fact>
        )}
        {language && <Fact name={words.language}>{language}</Fact>}
        {updatedOn && (
          <Fact name={words.lastChanged}>
            <Instant at={new Date(updatedOn)} as="relative" />
          </Fact>
        )}
        <Fact name={words.toClone}>
          <span className="copied">
            <code>{`${address}.git`}</code>
            <CopyButton value={`${address}.git`} what={words.cloneAddress} />
          </span>
        </Fact>
      </Facts>
      <details className="after-rows">
        <summary>{words.received}</summary>
        <pre className="wrap-anywhere mt-3 whitespace-pre-wrap">{JSON.stringify(repository, null, 2)}</pre>
      </details>
    </Card>
  )
}
