import type { Context } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import { type Visitor, type Workspace, workspacePermissionOf } from "../workspaces.ts"
import { type ApiEnv, visitorOf } from "./auth.ts"
import { apiError } from "./reply.ts"

/** The workspace that the path names by slug or UUID, or the refusal that the caller is due. */
export function findWorkspace(
  bitbucket: Bitbucket,
  context: Context<ApiEnv>,
  { isMemberOnly }: { isMemberOnly: boolean },
): Workspace | Response {
  const identifier = context.req.param("workspace") ?? ""
  const workspace = [...bitbucket.state.workspaces.values()].find(
    ({ slug, uuid }) => slug === identifier || uuid === identifier,
  )
  if (workspace?.access === "forbidden") return apiError(context, 403, { message: "Forbidden" }) // BB-P7
  const isShown = workspace && (!isMemberOnly || isMember(workspace, visitorOf(context)))
  return isShown ? workspace : noWorkspace(context)
}

/** BB-P10; that a stranger to a private workspace is told the same, in the words of the question, is assumed. */
export function noWorkspace(context: Context<ApiEnv>): Response {
  const identifier = context.req.param("workspace") ?? ""
  return apiError(context, 404, { message: `No workspace with identifier '${identifier}'.` })
}

function isMember(workspace: Workspace, visitor: Visitor): boolean {
  return workspacePermissionOf(workspace, visitor) !== null
}
