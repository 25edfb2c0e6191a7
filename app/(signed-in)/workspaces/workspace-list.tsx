import type { Route } from "next"
import Link from "next/link"
import { Avatar } from "@/components/avatar"
import { fill } from "@/components/fill"
import { PageLinks } from "@/components/page-links"
import type { NumberedPage } from "@/lib/bitbucket/numbered-page"
import { bitbucketPages } from "@/lib/bitbucket/urls"
import type { DescribedWorkspace } from "@/lib/bitbucket/workspace-lists"
import { repositoriesPath, workspacesPath } from "./list-address"
import { words } from "./words"

export function WorkspaceList({ page }: { page: NumberedPage<DescribedWorkspace> }) {
  if (page.items.length === 0) return <NoWorkspace />
  return (
    <>
      <ul className="-my-5 divide-y divide-line">
        {page.items.map((workspace) => (
          <WorkspaceItem key={workspace.uuid} workspace={workspace} />
        ))}
      </ul>
      <PageLinks page={page} noun={words.workspaces} pathOf={(number) => workspacesPath({ page: number })} />
    </>
  )
}

function WorkspaceItem({ workspace }: { workspace: DescribedWorkspace }) {
  const { slug, isAdministrator, avatarUrl, repositoryCount } = workspace
  const name = workspace.name ?? slug
  return (
    <li className="entry relative py-4">
      <Avatar account={{ displayName: name, nickname: null, username: null, avatarUrl }} />
      <div>
        <Link
          href={repositoriesPath(slug) as Route}
          prefetch={false}
          className="font-medium text-base after:absolute after:inset-0 hover:underline"
        >
          {name}
        </Link>
        <p className="muted">
          {[
            ...(name === slug ? [] : [slug]),
            ...(repositoryCount === null ? [] : [words.repositoryCount(repositoryCount)]),
            isAdministrator ? words.administrator : words.member,
          ].join(" · ")}
        </p>
      </div>
    </li>
  )
}

function NoWorkspace() {
  return (
    <p className="text-ink-muted text-sm">
      {fill(words.noWorkspace, {
        link: (
          <a className="link" href={bitbucketPages().home} target="_blank" rel="noreferrer">
            {words.atBitbucket}
          </a>
        ),
      })}
    </p>
  )
}
