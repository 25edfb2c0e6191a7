import { z } from "zod"
import { environment } from "@/lib/env"
import type { ApiCredential } from "./api-client"
import { acceptAvatarUrl } from "./avatar"
import { bitbucketEndpoints } from "./endpoints"
import { getNumberedPage, type NumberedPage } from "./numbered-page"
import { getAllPages } from "./page"
import { link } from "./text"

/** `GET /2.0/user/workspaces` gives no name: only the workspace itself has one. */
const workspaceAccessSchema = z
  .object({
    administrator: z.boolean().catch(false),
    workspace: z.object({
      uuid: z.string().min(1).max(64),
      slug: z.string().min(1).max(256),
      links: z.object({ avatar: link }).optional().catch(undefined),
    }),
  })
  .transform(({ administrator, workspace }) => ({
    uuid: workspace.uuid.toLowerCase(),
    slug: workspace.slug,
    isAdministrator: administrator,
    avatarUrl: acceptAvatarUrl(workspace.links?.avatar?.href),
  }))

export type WorkspaceAccess = z.infer<typeof workspaceAccessSchema>

/** The workspaces that a person is a member of, by slug. Needs the scope `account`. @throws BitbucketError */
export function getWorkspaces(credential: ApiCredential): Promise<WorkspaceAccess[]> {
  return getAllPages(`${bitbucketEndpoints().userWorkspaces}?pagelen=100`, credential, workspaceAccessSchema)
}

/**
 * One page of them, in the order of their slugs.
 *
 * @param number of the page, from 1
 * @throws BitbucketError
 * @see https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3022
 */
export function getWorkspacePage(
  credential: ApiCredential,
  number: number,
): Promise<NumberedPage<WorkspaceAccess>> {
  const url = `${bitbucketEndpoints().userWorkspaces}?pagelen=100&sort=slug`
  return getNumberedPage(url, credential, workspaceAccessSchema, number)
}

/**
 * Whether one of the workspaces is on a list. Compared by slug and uuid, which Bitbucket assigns; never by
 * name, which anybody can choose.
 *
 * @param allowed slugs or uuids, with or without braces
 */
export function isMemberOfAny(
  workspaces: readonly Pick<WorkspaceAccess, "slug" | "uuid">[],
  allowed: readonly string[],
): boolean {
  const wanted = new Set(allowed.map(withoutBraces))
  return workspaces.some(
    ({ slug, uuid }) => wanted.has(slug.toLowerCase()) || wanted.has(withoutBraces(uuid)),
  )
}

function withoutBraces(idOrSlug: string): string {
  return idOrSlug.toLowerCase().replace(/^\{(.+)\}$/, "$1")
}

/** Whether this Bitbucket has workspaces at all: Data Center has none. */
export function hasWorkspaces(): boolean {
  return environment().BITBUCKET_KIND === "cloud"
}
