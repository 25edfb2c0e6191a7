import { type Context, Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import type { Person } from "../state.ts"
import {
  maySeeProject,
  type Workspace,
  type WorkspacePermission,
  workspacePermissionOf,
} from "../workspaces.ts"
import { personReference } from "./account-resource.ts"
import { type ApiEnv, admitPublic, requireScopes, visitorOf } from "./auth.ts"
import { findWorkspace } from "./find-workspace.ts"
import { paginate } from "./paginate.ts"
import type { Searchable } from "./query.ts"
import { apiError, apiJson } from "./reply.ts"
import { specimenPeople, specimenProjects, specimenWorkspaces } from "./specimens.ts"
import {
  type LocatedProject,
  membershipResource,
  projectResource,
  workspaceResource,
} from "./workspace-resource.ts"

/** Lowest first, so that `permission >= "create-project"` works (BB-W5). */
export const WORKSPACE_PERMISSIONS: readonly WorkspacePermission[] = ["member", "create-project", "owner"]

/** `GET /2.0/workspaces/{ws}` and the paths below it (BB-W7 to BB-W9, BB-S6). */
export function workspaceRoutes(bitbucket: Bitbucket): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  // BB-S6: any token is enough.
  routes.get(
    "/2.0/workspaces/:workspace",
    admitPublic(bitbucket, [], ["read:workspace:bitbucket"]),
    (context) => {
      const workspace = findWorkspace(bitbucket, context, "may see it")
      if (workspace instanceof Response) return workspace
      return apiJson(context, workspaceResource(bitbucket, workspace, context.env.apiUrl))
    },
  )

  const admitToProjects = admitPublic(bitbucket, ["project"], ["read:project:bitbucket"])
  routes.get("/2.0/workspaces/:workspace/projects", admitToProjects, (context) => {
    const workspace = findWorkspace(bitbucket, context, "may see it")
    if (workspace instanceof Response) return workspace
    return paginate(context, projectsFor(workspace, context), projectSearch(bitbucket, context))
  })
  routes.get("/2.0/workspaces/:workspace/projects/:project", admitToProjects, (context) => {
    const workspace = findWorkspace(bitbucket, context, "may see it")
    if (workspace instanceof Response) return workspace
    const wanted = context.req.param("project")
    const located = projectsFor(workspace, context).find(
      ({ project: { key, uuid } }) => key === wanted || uuid === wanted,
    )
    if (located === undefined) return apiError(context, 404, { message: wanted }) // BB-P9
    return apiJson(context, projectResource(bitbucket, located, context.env.apiUrl))
  })

  const admitToMembers = requireScopes(bitbucket, ["account"], ["read:workspace:bitbucket"])
  for (const list of ["members", "permissions"]) {
    routes.get(`/2.0/workspaces/:workspace/${list}`, admitToMembers, (context) => {
      const workspace = findWorkspace(bitbucket, context, "member")
      if (workspace instanceof Response) return workspace
      return paginate(
        context,
        membersOf(bitbucket, workspace),
        memberSearch(bitbucket, context, workspace),
        (member) => describeMember(bitbucket, context, member),
      )
    })
  }
  routes.get("/2.0/workspaces/:workspace/members/:member", admitToMembers, (context) => {
    const workspace = findWorkspace(bitbucket, context, "member")
    if (workspace instanceof Response) return workspace
    const wanted = context.req.param("member")
    const member = membersOf(bitbucket, workspace).find(
      ({ person: { uuid, account_id } }) => uuid === wanted || account_id === wanted,
    )
    if (member === undefined) return apiError(context, 404, { message: wanted }) // BB-P9
    return apiJson(context, describeMember(bitbucket, context, member))
  })

  return routes
}

export function workspaceSearch(bitbucket: Bitbucket, context: Context<ApiEnv>): Searchable<Workspace> {
  const searchedOf = (workspace: Workspace) => workspaceResource(bitbucket, workspace, context.env.apiUrl)
  return { noun: "Workspace", searchedOf, specimens: () => specimenWorkspaces.map(searchedOf) }
}

function projectsFor(workspace: Workspace, context: Context<ApiEnv>): LocatedProject[] {
  return workspace.projects
    .filter((project) => maySeeProject(workspace, project, visitorOf(context)))
    .map((project) => ({ workspace, project }))
}

function projectSearch(bitbucket: Bitbucket, context: Context<ApiEnv>): Searchable<LocatedProject> {
  const searchedOf = (located: LocatedProject) => projectResource(bitbucket, located, context.env.apiUrl)
  return { noun: "Project", searchedOf, specimens: () => specimenProjects.map(searchedOf) }
}

interface Member {
  readonly person: Person
  readonly permission: WorkspacePermission
  readonly workspace: Workspace
}

function membersOf({ state }: Bitbucket, workspace: Workspace): Member[] {
  return Object.entries(workspace.members).flatMap(([username, permission]) => {
    const person = state.people.get(username)
    return person === undefined ? [] : [{ person, permission, workspace }]
  })
}

function describeMember(bitbucket: Bitbucket, context: Context<ApiEnv>, { person, ...rest }: Member) {
  const { apiUrl } = context.env
  return membershipResource(bitbucket, { ...rest, user: personReference(bitbucket, person, apiUrl) }, apiUrl)
}

/** Official: an administrator may also filter by address, `user.email IN ("…")`, although the response does not show it. */
function memberSearch(
  bitbucket: Bitbucket,
  context: Context<ApiEnv>,
  workspace: Workspace,
): Searchable<Member> {
  const isAdministrator = workspacePermissionOf(workspace, visitorOf(context)) === "owner"
  const searchedOf = (member: Member) => {
    const resource = describeMember(bitbucket, context, member)
    const email = member.person.emails.map((entry) => entry.email)
    return isAdministrator ? { ...resource, user: { ...resource.user, email } } : resource
  }
  const specimens = () =>
    specimenPeople.map((person) => searchedOf({ person, permission: "owner", workspace }))
  return {
    noun: "WorkspaceMembership",
    searchedOf,
    specimens,
    orders: { permission: WORKSPACE_PERMISSIONS },
  }
}
