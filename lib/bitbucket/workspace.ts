import { BitbucketError } from "auth-bitbucket/bitbucket/errors"
import { label, link, moment, personText } from "auth-bitbucket/bitbucket/text"
import { z } from "zod"
import type { ApiCredential } from "./api-client"
import { getResource } from "./api-client"
import { acceptAvatarUrl } from "./avatar"
import { bitbucketEndpoints } from "./endpoints"

const workspaceSchema = z
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
    /** Null where Bitbucket does not say. */
    isPrivate: workspace.is_private ?? null,
    /** ISO 8601, or null. */
    createdOn: workspace.created_on,
    avatarUrl: acceptAvatarUrl(workspace.links?.avatar?.href),
  }))

/** `owner`, `create-project`, `member`, `collaborator`, or whatever word comes next. */
const membershipSchema = z.object({ permission: label })

export type Workspace = z.infer<typeof workspaceSchema> & {
  /** In Bitbucket's word, or null where it says none. */
  role: string | null
}

const slugSchema = z
  .string()
  .regex(/^\w[\w.-]{0,127}$/)
  .toLowerCase()

/** Reads a slug from an address, where anybody can write anything. @returns null for what cannot be one */
export function parseWorkspaceSlug(value: unknown): string | null {
  return slugSchema.safeParse(value).data ?? null
}

/**
 * A workspace that the person is in. Public ones are shown to everybody, so it is the membership that decides.
 * Needs the scope `account`.
 *
 * @param slug in lower case
 * @throws BitbucketError `not_found` where there is none, or they are not in it; `unexpected_answer` where Bitbucket
 *   describes another than the one asked for
 */
export async function getWorkspace(credential: ApiCredential, slug: string): Promise<Workspace> {
  const { ownPermission, workspace } = bitbucketEndpoints()
  const [membership, described] = await Promise.all([
    getResource(ownPermission(slug), credential, membershipSchema),
    getResource(workspace(slug), credential, workspaceSchema),
  ])
  if (described.slug.toLowerCase() !== slug) throw new BitbucketError("unexpected_answer", { status: 200 })
  return { ...described, role: membership.permission }
}
