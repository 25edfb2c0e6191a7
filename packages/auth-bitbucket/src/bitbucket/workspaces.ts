import { z } from "zod"
import type { Api, CallOptions } from "./api.ts"
import { acceptAvatarUrl } from "./avatar.ts"
import { BitbucketError } from "./errors.ts"
import { type BitbucketList, createList } from "./list.ts"
import { label, link, moment, personText } from "./text.ts"
import type { BitbucketUrls } from "./urls.ts"
import { uuid } from "./uuid.ts"

/** A workspace that a person is a member of, as their list has it: without a name, which only the workspace itself has. */
export type WorkspaceAccess = {
  /** In braces and lower case. */
  uuid: string
  slug: string
  isAdministrator: boolean
  avatarUrl: string | null
}

function workspaceAccessSchema(urls: BitbucketUrls) {
  return z
    .object({
      administrator: z.boolean().catch(false),
      workspace: z.object({
        uuid,
        slug: z.string().min(1).max(256),
        links: z.object({ avatar: link }).optional().catch(undefined),
      }),
    })
    .transform(
      ({ administrator, workspace }): WorkspaceAccess => ({
        uuid: workspace.uuid,
        slug: workspace.slug,
        isAdministrator: administrator,
        avatarUrl: acceptAvatarUrl(workspace.links?.avatar?.href, urls),
      }),
    )
}

/**
 * Lists the workspaces that a person is a member of, by slug. Needs the scope `account`.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3022
 */
export function listWorkspaces(api: Api, options?: CallOptions): BitbucketList<WorkspaceAccess> {
  return createList(api, {
    url: `${api.urls.api}/2.0/user/workspaces?pagelen=100&sort=slug`,
    itemSchema: workspaceAccessSchema(api.urls),
    idOf: (workspace) => workspace.uuid,
    ...options,
  })
}

/** A person's own membership of a workspace. */
export type Membership = {
  /** `owner`, `create-project`, `collaborator`, `member`, or a word that Bitbucket adds later. Null if it says none. */
  role: string | null
  /** Which workspace it belongs to, if Bitbucket says so. */
  workspace: { uuid: string; slug: string } | null
}

const membershipSchema = z
  .object({
    permission: label,
    workspace: z
      .object({ uuid, slug: z.string() })
      .nullish()
      .catch(null)
      .transform((value) => value ?? null),
  })
  .transform(({ permission, workspace }): Membership => ({ role: permission, workspace }))

/**
 * Reads the membership of the person whose token this is. Needs the scope `account`.
 *
 * @param workspace slug or UUID
 * @throws BitbucketError `not_found` if there is no such workspace, or they are not in it
 */
export function readMembership(api: Api, workspace: string, options?: CallOptions): Promise<Membership> {
  const url = `${api.urls.api}/2.0/user/workspaces/${encodeURIComponent(workspace)}/permission`
  return api.read(url, membershipSchema, options)
}

export type Workspace = {
  slug: string
  name: string
  /** Null if Bitbucket does not say. */
  isPrivate: boolean | null
  /** ISO 8601. */
  createdOn: string | null
  avatarUrl: string | null
  /** The person's own, as in `Membership`. */
  role: string | null
}

function workspaceSchema(urls: BitbucketUrls) {
  return z
    .object({
      slug: z.string().min(1).max(256),
      name: personText,
      is_private: z.boolean().nullish().catch(null),
      created_on: moment,
      links: z.object({ avatar: link }).optional().catch(undefined),
    })
    .transform((workspace) => ({
      slug: workspace.slug,
      name: workspace.name ?? workspace.slug,
      isPrivate: workspace.is_private ?? null,
      createdOn: workspace.created_on,
      avatarUrl: acceptAvatarUrl(workspace.links?.avatar?.href, urls),
    }))
}

/**
 * Reads a workspace that the person is in. Bitbucket shows public ones to everyone, so the membership decides.
 * Needs the scope `account`.
 *
 * @param slug in whatever case
 * @throws BitbucketError `not_found` if there is none, or they are not in it; `unexpected_answer` if Bitbucket
 *   describes another than the one asked for
 */
export async function readWorkspace(api: Api, slug: string, options?: CallOptions): Promise<Workspace> {
  const url = `${api.urls.api}/2.0/workspaces/${encodeURIComponent(slug)}`
  const [membership, described] = await Promise.all([
    readMembership(api, slug, options),
    api.read(url, workspaceSchema(api.urls), options),
  ])
  if (described.slug.toLowerCase() !== slug.toLowerCase())
    throw new BitbucketError("unexpected_answer", { status: 200 })
  return { ...described, role: membership.role }
}
