import { projectAvatarPath, repositoryAvatarPath, workspaceAvatarPath } from "../web/avatar.ts"
import type { Project, Repository, Workspace, WorkspacePermission } from "../workspaces.ts"
import { bitbucketTimestamp, personReference, type Site } from "./account-resource.ts"

/** BB-W1: an entry in the list of a person's workspaces, which has no name. */
export function workspaceBase({ siteUrl }: Site, workspace: Workspace, apiUrl: string) {
  return {
    type: "workspace_base",
    uuid: workspace.uuid,
    slug: workspace.slug,
    links: {
      avatar: { href: `${siteUrl}${workspaceAvatarPath(workspace)}` },
      self: { href: `${apiUrl}/2.0/workspaces/${workspace.slug}` },
    },
  }
}

/** A workspace as other resources mention it. */
function workspaceReference({ siteUrl }: Site, workspace: Workspace, apiUrl: string) {
  return {
    type: "workspace",
    uuid: workspace.uuid,
    name: workspace.name,
    slug: workspace.slug,
    links: {
      avatar: { href: `${siteUrl}${workspaceAvatarPath(workspace)}` },
      html: { href: `${siteUrl}/${workspace.slug}/` },
      self: { href: `${apiUrl}/2.0/workspaces/${workspace.slug}` },
    },
  }
}

/** BB-W7: recorded keys and links, the links in alphabetical order. */
export function workspaceResource(site: Site, workspace: Workspace, apiUrl: string) {
  const { links, ...reference } = workspaceReference(site, workspace, apiUrl)
  const self = links.self.href
  const createdOn = bitbucketTimestamp(workspace.created_on)
  return {
    ...reference,
    is_private: workspace.is_private,
    is_privacy_enforced: false,
    created_on: createdOn,
    updated_on: createdOn,
    forking_mode: "allow_forks",
    is_personal: workspace.person !== null,
    links: {
      avatar: links.avatar,
      hooks: { href: `${self}/hooks` },
      html: links.html,
      members: { href: `${self}/members` },
      owners: { href: `${self}/members?q=permission%3D%22owner%22` },
      projects: { href: `${self}/projects` },
      repositories: { href: `${apiUrl}/2.0/repositories/${workspace.slug}` },
      self: links.self,
      snippets: { href: `${apiUrl}/2.0/snippets/${workspace.slug}` },
    },
  }
}

/** BB-W2, BB-W9. `user` is the member, as other resources mention them. */
export function membershipResource<User extends { readonly uuid: string }>(
  site: Site,
  membership: { user: User; permission: WorkspacePermission; workspace: Workspace },
  apiUrl: string,
) {
  const { user, permission, workspace } = membership
  const reference = workspaceReference(site, workspace, apiUrl)
  return {
    type: "workspace_membership",
    permission,
    user,
    workspace: reference,
    links: { self: { href: `${reference.links.self.href}/members/${encodeURIComponent(user.uuid)}` } },
  }
}

/** A project as a repository mentions it. */
function projectReference({ siteUrl }: Site, { workspace, project }: LocatedProject, apiUrl: string) {
  return {
    type: "project",
    key: project.key,
    uuid: project.uuid,
    name: project.name,
    links: {
      self: { href: `${apiUrl}/2.0/workspaces/${workspace.slug}/projects/${project.key}` },
      html: { href: `${siteUrl}/${workspace.slug}/workspace/projects/${project.key}` },
      avatar: { href: `${siteUrl}${projectAvatarPath(workspace, project)}` },
    },
  }
}

/** BB-W8. */
export function projectResource(site: Site, located: LocatedProject, apiUrl: string) {
  const { workspace, project } = located
  const { links } = projectReference(site, located, apiUrl)
  const createdOn = bitbucketTimestamp(project.created_on)
  const query = new URLSearchParams({ q: `project.key="${project.key}"` })
  return {
    type: "project",
    owner: ownerReference(site, workspace, apiUrl),
    workspace: workspaceReference(site, workspace, apiUrl),
    key: project.key,
    uuid: project.uuid,
    is_private: project.is_private,
    name: project.name,
    description: project.description,
    links: {
      self: links.self,
      html: links.html,
      repositories: { href: `${apiUrl}/2.0/repositories/${workspace.slug}?${query}` },
      avatar: links.avatar,
    },
    created_on: createdOn,
    updated_on: createdOn,
    has_publicly_visible_repos: workspace.repositories.some(
      ({ project: { key }, is_private }) => key === project.key && !is_private,
    ),
  }
}

/** BB-W6: the person of a personal workspace; a shared one is still called a team here. */
function ownerReference(site: Site, workspace: Workspace, apiUrl: string) {
  if (workspace.person !== null) return personReference(site, workspace.person, apiUrl)
  const uuid = encodeURIComponent(workspace.uuid)
  return {
    display_name: workspace.name,
    links: {
      self: { href: `${apiUrl}/2.0/workspaces/${uuid}` },
      avatar: { href: `${site.siteUrl}${workspaceAvatarPath(workspace)}` },
      html: { href: `${site.siteUrl}/${uuid}/` },
    },
    type: "team",
    uuid: workspace.uuid,
    username: workspace.slug,
  }
}

/** A repository as other resources mention it. */
export function repositoryReference({ siteUrl }: Site, { workspace, repository }: Located, apiUrl: string) {
  const fullName = `${workspace.slug}/${repository.slug}`
  return {
    type: "repository",
    full_name: fullName,
    links: {
      self: { href: `${apiUrl}/2.0/repositories/${fullName}` },
      html: { href: `${siteUrl}/${fullName}` },
      avatar: { href: `${siteUrl}${repositoryAvatarPath(repository)}?ts=default` },
    },
    name: repository.name,
    uuid: repository.uuid,
  }
}

/** BB-W6: keys and links in the order recorded in 2025. `username` is the caller's, null if there is none. */
export function repositoryResource(site: Site, located: Located, apiUrl: string, username: string | null) {
  const { workspace, repository } = located
  const { type, full_name, links, name, uuid } = repositoryReference(site, located, apiUrl)
  const self = links.self.href
  const createdOn = bitbucketTimestamp(repository.created_on)
  const below = (path: string) => ({ href: `${self}/${path}` })
  return {
    type,
    full_name,
    links: {
      ...links,
      pullrequests: below("pullrequests"),
      commits: below("commits"),
      forks: below("forks"),
      watchers: below("watchers"),
      branches: below("refs/branches"),
      tags: below("refs/tags"),
      downloads: below("downloads"),
      source: below("src"),
      clone: [
        { name: "https", href: cloneAddress(links.html.href, username) },
        { name: "ssh", href: `git@bitbucket.org:${full_name}.git` },
      ],
      hooks: below("hooks"),
    },
    name,
    slug: repository.slug,
    description: repository.description,
    scm: "git",
    website: repository.website,
    owner: ownerReference(site, workspace, apiUrl),
    workspace: workspaceReference(site, workspace, apiUrl),
    is_private: repository.is_private,
    project: projectReference(site, { workspace, project: repository.project }, apiUrl),
    fork_policy: repository.is_private ? "no_public_forks" : "allow_forks",
    created_on: createdOn,
    updated_on: createdOn,
    size: 0,
    language: repository.language,
    uuid,
    mainbranch: { name: "main", type: "branch" },
    override_settings: { default_merge_strategy: true, branching_model: true },
    parent: null,
    enforced_signed_commits: null,
    // Issues and wikis ended on 20 August 2026 (BB-S2).
    has_issues: false,
    has_wiki: false,
  }
}

function cloneAddress(page: string, username: string | null): string {
  const address = new URL(`${page}.git`)
  address.username = username ?? ""
  return address.href
}

/** A repository with its workspace. */
export interface Located {
  readonly workspace: Workspace
  readonly repository: Repository
}

/** A project with its workspace. */
export interface LocatedProject {
  readonly workspace: Workspace
  readonly project: Project
}
