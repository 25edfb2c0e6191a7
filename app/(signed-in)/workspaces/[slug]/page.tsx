import type { Metadata } from "next"
import { notFound } from "next/navigation"
import { Card } from "@/components/card"
import { bitbucketFor } from "@/lib/accounts/bitbucket-for"
import { hasWorkspaces } from "@/lib/bitbucket/urls"
import { getRepositories, type RepositoryQuery } from "@/lib/bitbucket/workspace-lists"
import { requireSession } from "@/lib/sessions/current-session"
import { KeepFresh } from "../../keep-fresh"
import { type Reading, readFromBitbucket } from "../bitbucket-reading"
import { FailureNotice } from "../failure-notice"
import { parseRepositoryList, repositoriesPath, type SearchParams } from "../list-address"
import { words } from "../words"
import { parseWorkspaceSlug } from "../workspace-slug"
import { RepositoryList } from "./repository-list"
import { RepositorySearch } from "./repository-search"
import { WorkspaceHeading } from "./workspace-heading"

type Props = { params: Promise<{ slug: string }>; searchParams: SearchParams }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: parseWorkspaceSlug((await params).slug) ?? words.workspace }
}

/** Does not stream: the response's status depends on whether the workspace exists. */
export default async function WorkspacePage({ params, searchParams }: Props) {
  const slug = parseWorkspaceSlug((await params).slug)
  const query = parseRepositoryList(await searchParams)
  if (!slug) notFound()
  const path = repositoriesPath(slug, query)
  const { connection } = await requireSession(path)
  if (!hasWorkspaces()) notFound()
  const [workspace, repositories] = await Promise.all([
    readFromBitbucket(path, bitbucketFor(connection, "page:workspaces").workspace(slug)),
    readFromBitbucket(
      path,
      getRepositories(bitbucketFor(connection, "page:workspaces"), slug, query, connection.id),
    ),
  ])
  if (workspace.failure?.code === "not_found") notFound()
  return (
    <div className="page">
      <KeepFresh connection={connection} />
      <WorkspaceHeading slug={slug} workspace={workspace.value} />
      {workspace.failure ? (
        <FailureNotice failure={workspace.failure} path={path} />
      ) : (
        <Repositories slug={slug} query={query} repositories={repositories} path={path} />
      )}
    </div>
  )
}

type RepositoriesProps = {
  slug: string
  query: RepositoryQuery
  repositories: Reading<Awaited<ReturnType<typeof getRepositories>>>
  path: string
}

function Repositories({ slug, query, repositories, path }: RepositoriesProps) {
  return (
    <Card id="repositories" title={words.repositories}>
      {repositories.failure ? (
        <FailureNotice failure={repositories.failure} path={path} />
      ) : (
        <>
          <RepositorySearch slug={slug} query={query} />
          <RepositoryList slug={slug} query={query} page={repositories.value} />
        </>
      )}
    </Card>
  )
}
