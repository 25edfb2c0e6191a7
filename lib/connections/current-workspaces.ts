import "server-only"
import type { ApiCredential } from "@/lib/bitbucket/api-client"
import type { NumberedPage } from "@/lib/bitbucket/numbered-page"
import { getRepositories, type Repository, type RepositoryQuery } from "@/lib/bitbucket/repositories"
import { getWorkspace, type Workspace } from "@/lib/bitbucket/workspace"
import { getWorkspacePage, type WorkspaceAccess } from "@/lib/bitbucket/workspaces"
import type { Connection } from "./connection-store"
import { timelyCall } from "./timely-call"

// Nothing of these is kept here but where the pages of a list are: who may see what changes at Bitbucket, and only
// Bitbucket knows.

/** @throws BitbucketError or ConnectionError */
export async function getCurrentWorkspaces(
  connection: Connection,
  page: number,
): Promise<NumberedPage<WorkspaceAccess>> {
  return (await timelyCall(connection, (credential) => getWorkspacePage(credential, page, connection.id)))
    .result
}

/** @throws BitbucketError, `not_found` where the person is in no such workspace, or ConnectionError */
export async function getCurrentWorkspace(connection: Connection, slug: string): Promise<Workspace> {
  return (await timelyCall(connection, (credential) => getWorkspace(credential, slug))).result
}

/** @throws BitbucketError, `insufficient_scope` where repositories may not be read, or ConnectionError */
export async function getCurrentRepositories(
  connection: Connection,
  workspace: string,
  query: RepositoryQuery,
): Promise<NumberedPage<Repository>> {
  const call = (credential: ApiCredential) => getRepositories(credential, workspace, query, connection.id)
  return (await timelyCall(connection, call)).result
}
