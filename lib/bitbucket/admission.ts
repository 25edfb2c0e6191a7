import { environment } from "@/lib/env"
import { getWorkspaces, isMemberOfAny } from "./workspaces"

/**
 * Whether this deployment admits the person whose access token this is: a member of one of
 * `ALLOWED_WORKSPACES`, or anybody where that is empty. Asked at sign-in and again after each renewal.
 *
 * @throws BitbucketError where the workspaces cannot be read
 */
export async function isAdmitted(accessToken: string): Promise<boolean> {
  const { ALLOWED_WORKSPACES } = environment()
  return (
    ALLOWED_WORKSPACES.length === 0 || isMemberOfAny(await getWorkspaces(accessToken), ALLOWED_WORKSPACES)
  )
}
