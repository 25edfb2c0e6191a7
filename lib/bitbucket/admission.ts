import { environment } from "@/lib/env"
import type { ApiCredential } from "./api-client"
import { getWorkspaces, isMemberOfAny } from "./workspaces"

/**
 * Whether this deployment admits the person whose credential this is: a member of one of
 * `ALLOWED_WORKSPACES`, or anybody where that is empty. Asked at sign-in and again after each renewal.
 *
 * @throws BitbucketError where the workspaces cannot be read
 */
export async function isAdmitted(credential: ApiCredential): Promise<boolean> {
  const { ALLOWED_WORKSPACES } = environment()
  return ALLOWED_WORKSPACES.length === 0 || isMemberOfAny(await getWorkspaces(credential), ALLOWED_WORKSPACES)
}
