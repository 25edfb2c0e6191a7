import "server-only"
import type { Repository, Workspace, WorkspaceAccess } from "auth-bitbucket/client"
import { type ApiCredential, clientWith } from "@/lib/server/bitbucket"
import { getNumberedPage, type NumberedPage } from "@/lib/server/numbered-page"
import { getRepositories, type RepositoryQuery } from "@/lib/server/repositories"
import type { Connection } from "./connection"
import { timelyCall } from "./timely-call"

// Nothing of these is kept here but where the pages of a list are: who may see what changes at Bitbucket, and only
// Bitbucket knows.

/** @throws BitbucketError or ConnectionError */
export async function getCurrentWorkspaces(
  connection: Connection,
  page: number,
): Promise<NumberedPage<WorkspaceAccess>> {
  const call = (credential: ApiCredential) =>
    getNumberedPage(clientWith(credential).workspaces(), page, `${connection.id} workspaces`)
  return (await timelyCall(connection, call)).result
}

/** @throws BitbucketError, `not_found` where the person is in no such workspace, or ConnectionError */
export async function getCurrentWorkspace(connection: Connection, slug: string): Promise<Workspace> {
  return (await timelyCall(connection, (credential) => clientWith(credential).workspace(slug))).result
}

/** @throws BitbucketError, `insufficient_scope` where repositories may not be read, or ConnectionError */
export async function getCurrentRepositories(
  connection: Connection,
  workspace: string,
  query: RepositoryQuery,
): Promise<NumberedPage<Repository>> {
  const call = (credential: ApiCredential) =>
    getRepositories(clientWith(credential), workspace, query, connection.id)
  return (await timelyCall(connection, call)).result
}
