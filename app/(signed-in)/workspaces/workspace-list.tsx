import type { WorkspaceAccess } from "auth-bitbucket/client"
import type { Route } from "next"
import Link from "next/link"
import { Avatar } from "@/components/avatar"
import { Badge } from "@/components/badge"
import { PageLinks } from "@/components/page-links"
import { bitbucketPages } from "@/lib/server/bitbucket-urls"
import type { NumberedPage } from "@/lib/server/numbered-page"
import { repositoriesPath, workspacesPath } from "./list-address"

export function WorkspaceList({ page }: { page: NumberedPage<WorkspaceAccess> }) {
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

/** By its slug: the list has no names, and asking for each would be one more request per workspace. */
function WorkspaceItem({ workspace }: { workspace: WorkspaceAccess }) {
  const { slug, isAdministrator, avatarUrl } = workspace
  return (
    <li className="relative flex items-center gap-4 py-4">
      <Avatar account={{ displayName: slug, nickname: null, username: null, avatarUrl }} />
      <div className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <Link
          href={repositoriesPath(slug) as Route}
          prefetch={false}
          className="wrap-anywhere min-w-0 font-medium after:absolute after:inset-0 hover:underline"
        >
          {slug}
        </Link>
        <Badge tone="neutral">{isAdministrator ? "Administrator" : "Member"}</Badge>
      </div>
    </li>
  )
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
