import {
  areAllReadable,
  type BitbucketClient,
  BitbucketError,
  type BitbucketErrorCode,
  confirmedPrimaryEmail,
  parseUuid,
  readAll,
  type WorkspaceAccess,
} from "auth-bitbucket/client"
import { environment } from "@/lib/env"
import { type ApiCredential, clientWith } from "./client"

/** Bitbucket's answer on whether this deployment admits a user. */
export type AdmissionAnswer =
  | { verdict: "admitted" }
  | { verdict: "not_admitted"; rule: "workspace" | "email" }
  | { verdict: "cannot_tell"; reason: AdmissionFailure }

/** Why Bitbucket's answers do not settle it: a call failed, or a list was incomplete. */
type AdmissionFailure = BitbucketErrorCode

/** Why checking a connected account gave no answer: a failure at Bitbucket, or no token to ask with. */
export type AdmissionCheckFailure = AdmissionFailure | "no_access_token"

/** We ask about up to this many allowed workspaces one by one; a longer list would cost a call for each. */
const MOST_DIRECT_QUESTIONS = 3

/** Whether this deployment admits only some people, so that there is something to ask. */
export function isAdmissionRestricted(): boolean {
  const { ALLOWED_WORKSPACES, REQUIRE_CONFIRMED_EMAIL } = environment()
  return ALLOWED_WORKSPACES.length > 0 || REQUIRE_CONFIRMED_EMAIL
}

/**
 * Asks Bitbucket whether the owner of this credential may use this deployment: a member of one of
 * `ALLOWED_WORKSPACES`, and with `REQUIRE_CONFIRMED_EMAIL` the owner of a confirmed primary address.
 * See docs/decisions/019-admission-is-checked-repeatedly.md.
 *
 * @throws BitbucketError `unauthorized`, which is about the credential; every other failure is an answer
 */
export async function askAdmission(credential: ApiCredential): Promise<AdmissionAnswer> {
  const { ALLOWED_WORKSPACES, REQUIRE_CONFIRMED_EMAIL } = environment()
  const client = clientWith(credential)
  const answers = await Promise.all([
    // First, because people can fix their address themselves.
    REQUIRE_CONFIRMED_EMAIL && orCannotTell(askConfirmedEmail(client)),
    ALLOWED_WORKSPACES.length > 0 && orCannotTell(askMembership(client, ALLOWED_WORKSPACES)),
  ])
  const given = answers.filter((answer) => answer !== false)
  return (
    given.find(({ verdict }) => verdict === "not_admitted") ??
    given.find(({ verdict }) => verdict === "cannot_tell") ?? { verdict: "admitted" }
  )
}

/**
 * If Bitbucket shows a membership, that is an answer. A 404 is not: Bitbucket sends it if the user has left the workspace, if the
 * workspace was renamed, and if the endpoint has been removed. The list of the user's workspaces settles that.
 */
async function askMembership(client: BitbucketClient, allowed: readonly string[]): Promise<AdmissionAnswer> {
  if (allowed.length <= MOST_DIRECT_QUESTIONS) {
    const names = allowed.map(parseWorkspaceName)
    const memberships = await Promise.all(names.map((name) => isShownAsMember(client, name)))
    if (memberships.includes(true)) return { verdict: "admitted" }
  }
  const { items, incomplete } = await readAll(client.workspaces())
  if (isMemberOfAny(items, allowed)) return { verdict: "admitted" }
  return incomplete === null
    ? { verdict: "not_admitted", rule: "workspace" }
    : { verdict: "cannot_tell", reason: "incomplete_list" }
}

/** BB-W2. Any other word says nothing: Bitbucket may have added a role with fewer rights than a member's. */
const memberRoles: readonly unknown[] = ["owner", "create-project", "collaborator", "member"]

async function isShownAsMember(client: BitbucketClient, name: WorkspaceName): Promise<boolean> {
  try {
    const { role, workspace } = await client.membership("uuid" in name ? name.uuid : name.slug)
    return workspace !== null && memberRoles.includes(role) && isNamed(name, workspace)
  } catch (error) {
    if (error instanceof BitbucketError) return false
    throw error
  }
}

async function askConfirmedEmail(client: BitbucketClient): Promise<AdmissionAnswer> {
  const { items, incomplete } = await readAll(client.emails())
  if (confirmedPrimaryEmail(items) !== null) return { verdict: "admitted" }
  return incomplete === null && areAllReadable(items)
    ? { verdict: "not_admitted", rule: "email" }
    : { verdict: "cannot_tell", reason: "incomplete_list" }
}

async function orCannotTell(answer: Promise<AdmissionAnswer>): Promise<AdmissionAnswer> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof BitbucketError) || error.code === "unauthorized") throw error
    return { verdict: "cannot_tell", reason: error.code }
  }
}

/** How an entry of `ALLOWED_WORKSPACES` names a workspace. */
type WorkspaceName = { uuid: string } | { slug: string }

/**
 * Reads an entry of `ALLOWED_WORKSPACES`. People choose slugs, and a slug may look like a UUID. So an entry that looks like
 * a UUID is one and never a slug, and every other entry is a slug and never a UUID.
 */
export function parseWorkspaceName(entry: string): WorkspaceName {
  const uuid = parseUuid(entry)
  return uuid === null ? { slug: entry.toLowerCase() } : { uuid }
}

/** Whether an entry of `ALLOWED_WORKSPACES` names this workspace. Ignores the workspace's name, which anyone can choose. */
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
