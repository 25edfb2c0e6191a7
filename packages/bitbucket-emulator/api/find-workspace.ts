import type { Context } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import type { Person } from "../state.ts"
import {
  maySeeWorkspace,
  repositoryPermissionOf,
  type Visitor,
  type Workspace,
  workspacePermissionOf,
} from "../workspaces.ts"
import { type ApiEnv, visitorOf } from "./auth.ts"
import { apiError } from "./reply.ts"
import type { Located } from "./workspace-resource.ts"

/** The access to a workspace that a call needs: none, read access, or membership. */
type Closeness = "any" | "may see it" | "member"

/** Returns the workspace that the path names by slug or UUID, or the refusal for this caller. */
export function findWorkspace(
  bitbucket: Bitbucket,
  context: Context<ApiEnv>,
  closeness: Closeness,
): Workspace | Response {
  // BB-W7: a slug matches in any case.
  const identifier = (context.req.param("workspace") ?? "").toLowerCase()
  const workspace = [...bitbucket.state.workspaces.values()].find(
    ({ slug, uuid }) => slug === identifier || uuid === identifier,
  )
  if (workspace?.access === "forbidden") return apiError(context, 403, { message: "Forbidden" }) // BB-P7
  return workspace && isCloseEnough(workspace, visitorOf(context), closeness)
    ? workspace
    : noWorkspace(context)
}

/**
 * The person whose UUID the path has in place of a workspace: an account without a personal one has empty lists
 * (BB-W10).
 */
export function findAccountWithoutWorkspace({ state }: Bitbucket, context: Context<ApiEnv>): Person | null {
  const identifier = (context.req.param("workspace") ?? "").toLowerCase()
  if ([...state.workspaces.values()].some(({ uuid }) => uuid === identifier)) return null
  return [...state.people.values()].find(({ uuid }) => uuid === identifier) ?? null
}

/** BB-P10; assumed: a stranger to a private workspace gets the same message, with the identifier they sent. */
function noWorkspace(context: Context<ApiEnv>): Response {
  const identifier = context.req.param("workspace") ?? ""
  return apiError(context, 404, { message: `No workspace with identifier '${identifier}'.` })
}

function isCloseEnough(workspace: Workspace, visitor: Visitor, closeness: Closeness): boolean {
  if (closeness === "member") return workspacePermissionOf(workspace, visitor) !== null
  return closeness === "any" || maySeeWorkspace(workspace, visitor)
}

/** Returns the repository that the path names, in the workspace it names or, for `{}`, in any (BB-W4). */
export function findRepository(bitbucket: Bitbucket, context: Context<ApiEnv>): Located | Response {
  const wanted = context.req.param("repository")
  const isAnywhere = context.req.param("workspace") === "{}"
  const named = isAnywhere ? null : findWorkspace(bitbucket, context, "any")
  if (named instanceof Response) return named
  const workspaces = named === null ? [...bitbucket.state.workspaces.values()] : [named]
  const located = workspaces
    .filter(({ access }) => access === "open")
    .flatMap((workspace) => workspace.repositories.map((repository) => ({ workspace, repository })))
    .find(({ repository: { slug, uuid } }) => uuid === wanted || (slug === wanted && !isAnywhere))
  return located && maySeeRepository(located, visitorOf(context)) ? located : noRepository(context)
}

/** A stranger sees public repositories. */
export function maySeeRepository({ workspace, repository }: Located, visitor: Visitor): boolean {
  return !repository.is_private || repositoryPermissionOf(workspace, repository, visitor) !== null
}

/** BB-P9; with the identifier from the request, because a caller with the UUID may not know the slug. */
function noRepository(context: Context<ApiEnv>): Response {
  if (visitorOf(context).kind === "anonymous") {
    return apiError(context, 404, {
      message:
        "You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.",
    })
  }
  const fullName = `${context.req.param("workspace")}/${context.req.param("repository")}`
  return apiError(context, 404, { message: `Repository ${fullName} not found` })
}
