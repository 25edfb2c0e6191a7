import type { Route } from "next"
import Link from "next/link"
import { Avatar } from "@/components/avatar"
import { Badge } from "@/components/badge"
import { PageLinks } from "@/components/page-links"
import { bitbucketPages } from "@/lib/server/bitbucket-urls"
import type { NumberedPage } from "@/lib/server/numbered-page"
import type { DescribedWorkspace } from "@/lib/server/workspace-lists"
import { repositoriesPath, workspacesPath } from "./list-address"

export function WorkspaceList({ page }: { page: NumberedPage<DescribedWorkspace> }) {
  if (page.items.length === 0) return <NoWorkspace />
  return (
    <>
      <ul className="-my-5 divide-y divide-line">
        {page.items.map((workspace) => (
          <WorkspaceItem key={workspace.uuid} workspace={workspace} />
        ))}
      </ul>
      <PageLinks
        page={page}
        noun={["workspace", "workspaces"]}
        pathOf={(number) => workspacesPath({ page: number })}
      />
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
          {[...(name === slug ? [] : [slug]), ...countInWords(repositoryCount)].join(" · ")}
        </p>
      </div>
      <Badge tone="neutral">{isAdministrator ? "Administrator" : "Member"}</Badge>
    </li>
  )
}

function countInWords(count: number | null): string[] {
  if (count === null) return []
  if (count === 0) return ["No repositories yet"]
  return [count === 1 ? "1 repository" : `${count} repositories`]
}

function NoWorkspace() {
  return (
    <p className="text-ink-muted text-sm">
      You are in no workspace yet. Make one{" "}
      <a className="link" href={bitbucketPages().home} target="_blank" rel="noreferrer">
        at Bitbucket
      </a>
      , or ask a colleague to invite you to theirs; it appears here the next time you open this page.
    </p>
  )
}
