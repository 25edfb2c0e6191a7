import { z } from "zod"
import { bitbucketEndpoints } from "./endpoints"
import { getAllPages } from "./page"

/** `GET /2.0/user/workspaces` gives no name: only the workspace itself has one. */
const workspaceAccessSchema = z
  .object({
    administrator: z.boolean().catch(false),
    workspace: z.object({ uuid: z.string().min(1).max(64), slug: z.string().min(1).max(256) }),
  })
  .transform(({ administrator, workspace }) => ({
    uuid: workspace.uuid.toLowerCase(),
    slug: workspace.slug,
    isAdministrator: administrator,
  }))

export type WorkspaceAccess = z.infer<typeof workspaceAccessSchema>

/** The workspaces that a person is a member of, by slug. Needs the scope `account`. @throws BitbucketError */
export function getWorkspaces(accessToken: string): Promise<WorkspaceAccess[]> {
  return getAllPages(`${bitbucketEndpoints().userWorkspaces}?pagelen=100`, accessToken, workspaceAccessSchema)
}

/**
 * Whether one of the workspaces is on a list. Compared by slug and uuid, which Bitbucket assigns; never by
 * name, which anybody can choose.
 *
 * @param allowed slugs or uuids, with or without braces
 */
export function isMemberOfAny(workspaces: readonly WorkspaceAccess[], allowed: readonly string[]): boolean {
  const wanted = new Set(allowed.map(withoutBraces))
  return workspaces.some(
    ({ slug, uuid }) => wanted.has(slug.toLowerCase()) || wanted.has(withoutBraces(uuid)),
  )
}

function withoutBraces(idOrSlug: string): string {
  return idOrSlug.toLowerCase().replace(/^\{(.+)\}$/, "$1")
}
