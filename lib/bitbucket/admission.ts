import { BitbucketError, type BitbucketErrorCode } from "auth-bitbucket/bitbucket/errors"
import { uuid } from "auth-bitbucket/bitbucket/uuid"
import { z } from "zod"
import { environment } from "@/lib/env"
import { type ApiCredential, getResource } from "./api-client"
import { areAllReadable, confirmedPrimaryEmail, getEmailList } from "./emails"
import { bitbucketEndpoints } from "./endpoints"
import {
  getWorkspaceList,
  isMemberOfAny,
  isNamed,
  parseWorkspaceName,
  type WorkspaceName,
} from "./workspaces"

/** What Bitbucket says when it is asked whether this deployment admits a person. */
export type AdmissionAnswer =
  | { verdict: "admitted" }
  | { verdict: "not_admitted"; rule: "workspace" | "email" }
  | { verdict: "cannot_tell"; reason: AdmissionFailure }

/** Why Bitbucket's answers do not settle it: a call failed, or a list was not whole. */
export type AdmissionFailure = BitbucketErrorCode | "incomplete_list"

/** Up to so many allowed workspaces are asked about one by one; a longer list would cost a call for each. */
const MOST_DIRECT_QUESTIONS = 3

/** Whether this deployment admits some people only, so that there is anything to ask. */
export function isAdmissionRestricted(): boolean {
  const { ALLOWED_WORKSPACES, REQUIRE_CONFIRMED_EMAIL } = environment()
  return ALLOWED_WORKSPACES.length > 0 || REQUIRE_CONFIRMED_EMAIL
}

/**
 * Asks Bitbucket whether the person whose credential this is may use this deployment: a member of one of
 * `ALLOWED_WORKSPACES`, and with `REQUIRE_CONFIRMED_EMAIL` the owner of a confirmed primary address.
 * See docs/decisions/019-admission-is-asked-again.md.
 *
 * @throws BitbucketError a 401, which may be about the credential; every other failure is an answer
 */
export async function askAdmission(credential: ApiCredential): Promise<AdmissionAnswer> {
  const { ALLOWED_WORKSPACES, REQUIRE_CONFIRMED_EMAIL } = environment()
  const answers = await Promise.all([
    // First, because people can see to their address by themselves.
    REQUIRE_CONFIRMED_EMAIL && orCannotTell(askConfirmedEmail(credential)),
    ALLOWED_WORKSPACES.length > 0 && orCannotTell(askMembership(credential, ALLOWED_WORKSPACES)),
  ])
  const given = answers.filter((answer) => answer !== false)
  return (
    given.find(({ verdict }) => verdict === "not_admitted") ??
    given.find(({ verdict }) => verdict === "cannot_tell") ?? { verdict: "admitted" }
  )
}

/**
 * A membership that Bitbucket shows is an answer. That it shows none is not: it says 404 of a workspace that the person has
 * left, of one that was renamed and of an endpoint that is gone. The list of the person's workspaces settles that.
 */
async function askMembership(
  credential: ApiCredential,
  allowed: readonly string[],
): Promise<AdmissionAnswer> {
  if (allowed.length <= MOST_DIRECT_QUESTIONS) {
    const names = allowed.map(parseWorkspaceName)
    const memberships = await Promise.all(names.map((name) => isShownAsMember(credential, name)))
    if (memberships.includes(true)) return { verdict: "admitted" }
  }
  const { items, isComplete } = await getWorkspaceList(credential)
  if (isMemberOfAny(items, allowed)) return { verdict: "admitted" }
  return isComplete
    ? { verdict: "not_admitted", rule: "workspace" }
    : { verdict: "cannot_tell", reason: "incomplete_list" }
}

/** BB-W2. A word that is not among these says nothing: Bitbucket may have made a role that is less than a member. */
const membershipSchema = z.object({
  permission: z.enum(["owner", "create-project", "collaborator", "member"]),
  workspace: z.object({ uuid, slug: z.string() }),
})

async function isShownAsMember(credential: ApiCredential, name: WorkspaceName): Promise<boolean> {
  try {
    const url = bitbucketEndpoints().ownPermission("uuid" in name ? name.uuid : name.slug)
    const { workspace } = await getResource(url, credential, membershipSchema)
    return isNamed(name, workspace)
  } catch (error) {
    if (error instanceof BitbucketError) return false
    throw error
  }
}

async function askConfirmedEmail(credential: ApiCredential): Promise<AdmissionAnswer> {
  const { items, isComplete } = await getEmailList(credential)
  if (confirmedPrimaryEmail(items) !== null) return { verdict: "admitted" }
  return isComplete && areAllReadable(items)
    ? { verdict: "not_admitted", rule: "email" }
    : { verdict: "cannot_tell", reason: "incomplete_list" }
}

async function orCannotTell(answer: Promise<AdmissionAnswer>): Promise<AdmissionAnswer> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof BitbucketError) || error.status === 401) throw error
    return { verdict: "cannot_tell", reason: error.code }
  }
}
