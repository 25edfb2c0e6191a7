import type { Bitbucket } from "../bitbucket.ts"
import { workspaceAvatarPath } from "../web/avatar.ts"
import type { Repository, Workspace } from "../workspaces.ts"
import { bitbucketTimestamp, personReference } from "./account-resource.ts"

/** BB-W1: what the listing of one's workspaces says of each: no name. */
export function workspaceBase({ siteUrl }: Bitbucket, workspace: Workspace, apiUrl: string) {
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
export function workspaceReference({ siteUrl }: Bitbucket, workspace: Workspace, apiUrl: string) {
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

/** BB-W4; the keys are those of the OpenAPI schema `workspace` (official). */
export function workspaceResource(bitbucket: Bitbucket, workspace: Workspace, apiUrl: string) {
  const { links, ...reference } = workspaceReference(bitbucket, workspace, apiUrl)
  const self = links.self.href
  return {
    ...reference,
    is_private: workspace.is_private,
    created_on: bitbucketTimestamp(workspace.created_on),
    links: {
      ...links,
      members: { href: `${self}/members` },
      projects: { href: `${self}/projects` },
      repositories: { href: `${apiUrl}/2.0/repositories/${workspace.slug}` },
      snippets: { href: `${apiUrl}/2.0/snippets/${workspace.slug}` },
      hooks: { href: `${self}/hooks` },
    },
  }
}

/** A repository as other resources mention it. */
export function repositoryReference(
  { siteUrl }: Bitbucket,
  { workspace, repository }: Located,
  apiUrl: string,
) {
  const fullName = `${workspace.slug}/${repository.slug}`
  return {
    type: "repository",
    full_name: fullName,
    name: repository.name,
    uuid: repository.uuid,
    links: {
      self: { href: `${apiUrl}/2.0/repositories/${fullName}` },
      html: { href: `${siteUrl}/${fullName}` },
    },
  }
}

/** The keys of the OpenAPI schema `repository` (official) that a picker shows; links to what is not emulated are left out. */
export function repositoryResource(bitbucket: Bitbucket, located: Located, apiUrl: string) {
  const { workspace, repository } = located
  const { links, ...reference } = repositoryReference(bitbucket, located, apiUrl)
  const owner = bitbucket.state.people.get(workspace.personal_of ?? "")
  const createdOn = bitbucketTimestamp(repository.created_on)
  return {
    ...reference,
    slug: repository.slug,
    description: repository.description,
    is_private: repository.is_private,
    scm: "git",
    language: repository.language,
    fork_policy: repository.is_private ? "no_public_forks" : "allow_forks",
    created_on: createdOn,
    updated_on: createdOn,
    size: 0,
    mainbranch: { type: "branch", name: "main" },
    owner: owner === undefined ? undefined : personReference(bitbucket, owner, apiUrl),
    workspace: workspaceReference(bitbucket, workspace, apiUrl),
    parent: null,
    links: {
      ...links,
      clone: [
        { name: "https", href: `${links.html.href}.git` },
        { name: "ssh", href: `git@bitbucket.org:${reference.full_name}.git` },
      ],
    },
  }
}

/** A repository and where it is. */
export interface Located {
  readonly workspace: Workspace
  readonly repository: Repository
}
