import { link } from "auth-bitbucket/bitbucket/text"
import { parseUuid, uuid } from "auth-bitbucket/bitbucket/uuid"
import { z } from "zod"
import { environment } from "@/lib/env"
import type { ApiCredential } from "./api-client"
import { acceptAvatarUrl } from "./avatar"
import { bitbucketEndpoints } from "./endpoints"
import { getNumberedPage, type NumberedPage } from "./numbered-page"
import { getList, type List } from "./page"

/** `GET /2.0/user/workspaces` gives no name: only the workspace itself has one. */
const workspaceAccessSchema = z
  .object({
    administrator: z.boolean().catch(false),
    workspace: z.object({
      uuid,
      slug: z.string().min(1).max(256),
      links: z.object({ avatar: link }).optional().catch(undefined),
    }),
  })
  .transform(({ administrator, workspace }) => ({
    uuid: workspace.uuid,
    slug: workspace.slug,
    isAdministrator: administrator,
    avatarUrl: acceptAvatarUrl(workspace.links?.avatar?.href),
  }))

export type WorkspaceAccess = z.infer<typeof workspaceAccessSchema>

/** The workspaces that a person is a member of, by slug. Needs the scope `account`. @throws BitbucketError */
export function getWorkspaceList(credential: ApiCredential): Promise<List<WorkspaceAccess>> {
  return getList(`${bitbucketEndpoints().userWorkspaces}?pagelen=100`, credential, workspaceAccessSchema)
}

/**
 * One page of them, in the order of their slugs.
 *
 * @param number of the page, from 1
 * @param reader the id of the person's connection
 * @throws BitbucketError
 * @see https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3022
 */
export function getWorkspacePage(
  credential: ApiCredential,
  number: number,
  reader: string,
): Promise<NumberedPage<WorkspaceAccess>> {
  const url = `${bitbucketEndpoints().userWorkspaces}?pagelen=100&sort=slug`
  return getNumberedPage({ url, credential, itemSchema: workspaceAccessSchema, reader }, number)
}

/** What an entry of `ALLOWED_WORKSPACES` names a workspace by. */
export type WorkspaceName = { uuid: string } | { slug: string }

/**
 * Reads an entry of `ALLOWED_WORKSPACES`. People choose slugs, and a slug may have the form of a UUID: so an entry of
 * that form names a UUID and never a slug, and every other entry names a slug and never a UUID.
 */
export function parseWorkspaceName(entry: string): WorkspaceName {
  const uuid = parseUuid(entry)
  return uuid === null ? { slug: entry.toLowerCase() } : { uuid }
}

/** Whether an entry of `ALLOWED_WORKSPACES` names this workspace. Never compared with its name, which anybody can choose. */
export function isNamed(name: WorkspaceName, workspace: Pick<WorkspaceAccess, "slug" | "uuid">): boolean {
  return "uuid" in name ? name.uuid === workspace.uuid : name.slug === workspace.slug.toLowerCase()
}

/**
 * Whether one of the workspaces is on a list.
 *
 * @param allowed slugs, or UUIDs with or without braces
 */
export function isMemberOfAny(
  workspaces: readonly Pick<WorkspaceAccess, "slug" | "uuid">[],
  allowed: readonly string[],
): boolean {
  const names = allowed.map(parseWorkspaceName)
  return workspaces.some((workspace) => names.some((name) => isNamed(name, workspace)))
}

/** Whether this Bitbucket has workspaces at all: Data Center has none. */
export function hasWorkspaces(): boolean {
  return environment().BITBUCKET_KIND === "cloud"
}
