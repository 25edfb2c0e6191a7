import { isGranted } from "auth-bitbucket/client"
import type { Metadata } from "next"
import { notFound } from "next/navigation"
import { Card } from "@/components/card"
import { bitbucketFor } from "@/lib/accounts/bitbucket-for"
import type { Connection } from "@/lib/accounts/connection"
import { hasWorkspaces } from "@/lib/bitbucket/urls"
import { describeWorkspaces, findRepositories, getWorkspaces } from "@/lib/bitbucket/workspace-lists"
import { requireSession } from "@/lib/sessions/current-session"
import { KeepFresh } from "../keep-fresh"
import { readFromBitbucket } from "./bitbucket-reading"
import { FailureNotice } from "./failure-notice"
import { FoundRepositories } from "./found-repositories"
import { LONGEST_SEARCH, parseWorkspaceList, type SearchParams, workspacesPath } from "./list-address"
import { PickedRepository } from "./picked-repository"
import { RepositoryFinder } from "./repository-finder"
import { words } from "./words"
import { WorkspaceList } from "./workspace-list"

export const metadata: Metadata = { title: words.title }

/** Does not stream, because what streams in later needs a script to be shown. */
export default async function WorkspacesPage({ searchParams }: { searchParams: SearchParams }) {
  const list = parseWorkspaceList(await searchParams)
  const path = workspacesPath(list)
  const { connection } = await requireSession(path)
  if (!hasWorkspaces()) notFound()
  const canSearch = isGranted("repository", connection.scopes)
  return (
    <div className="page">
      <KeepFresh connection={connection} />
      <h1>{words.title}</h1>
      {canSearch && (
        <Card id="finder" title={words.pick}>
          <RepositoryFinder searched={list.search} maxLength={LONGEST_SEARCH} labels={words.finder} />
          <p className="aside mt-3">{words.pickMeans}</p>
        </Card>
      )}
      {canSearch && list.picked && <Picked connection={connection} picked={list.picked} path={path} />}
      {canSearch && list.search && !list.picked ? (
        <Found connection={connection} search={list.search} path={path} />
      ) : (
        <Memberships connection={connection} page={list.page} path={path} canCount={canSearch} />
      )}
    </div>
  )
}

type ListProps = { connection: Connection; path: string }

async function Memberships({
  connection,
  page,
  path,
  canCount,
}: ListProps & { page: number; canCount: boolean }) {
  const { value, failure } = await readFromBitbucket(path, read())
  if (failure) return <FailureNotice failure={failure} path={path} />
  return (
    <Card id="workspaces" title={words.yourWorkspaces}>
      <WorkspaceList page={value} />
    </Card>
  )

  async function read() {
    const client = bitbucketFor(connection, "page:workspaces")
    const numbered = await getWorkspaces(client, page, connection.id)
    return { ...numbered, items: await describeWorkspaces(client, numbered.items, canCount) }
  }
}

async function Picked({ connection, picked, path }: ListProps & { picked: string }) {
  const [workspace = "", slug = ""] = picked.split("/")
  const { value, failure } = await readFromBitbucket(
    path,
    bitbucketFor(connection, "page:workspaces").repository(workspace, slug),
  )
  if (failure) return <FailureNotice failure={failure} path={path} />
  return <PickedRepository repository={value} />
}

async function Found({ connection, search, path }: ListProps & { search: string }) {
  const { value, failure } = await readFromBitbucket(
    path,
    findRepositories(bitbucketFor(connection, "page:workspaces"), search),
  )
  if (failure) return <FailureNotice failure={failure} path={path} />
  return <FoundRepositories found={value} search={search} />
}
