import type { Metadata } from "next"
import { notFound } from "next/navigation"
import { Card } from "@/components/card"
import { bitbucketFor } from "@/lib/accounts/bitbucket-for"
import { hasWorkspaces } from "@/lib/server/bitbucket-urls"
import { getWorkspaces } from "@/lib/server/workspace-lists"
import { requireSession } from "@/lib/sessions/current-session"
import { KeepFresh } from "../keep-fresh"
import { readFromBitbucket } from "./bitbucket-reading"
import { FailureNotice } from "./failure-notice"
import { parseWorkspaceList, type SearchParams, workspacesPath } from "./list-address"
import { WorkspaceList } from "./workspace-list"

export const metadata: Metadata = { title: "Workspaces" }

/** Nothing is streamed: a browser that runs no script shows only what has come when the page is complete. */
export default async function WorkspacesPage({ searchParams }: { searchParams: SearchParams }) {
  const list = parseWorkspaceList(await searchParams)
  const path = workspacesPath(list)
  const { connection } = await requireSession(path)
  if (!hasWorkspaces()) notFound()
  const workspaces = await readFromBitbucket(
    path,
    getWorkspaces(bitbucketFor(connection), list.page, connection.id),
  )
  return (
    <div className="page">
      <KeepFresh connection={connection} />
      <h1>Workspaces</h1>
      {workspaces.failure ? (
        <FailureNotice failure={workspaces.failure} path={path} />
      ) : (
        <Card id="workspaces" title="Where you are a member at Bitbucket">
          <WorkspaceList page={workspaces.value} />
        </Card>
      )}
    </div>
  )
}
