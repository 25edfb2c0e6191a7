import { slugOf, stableUuid } from "./identifiers.ts"
import type {
  Person,
  RepositoryPermission,
  SeededProject,
  SeededRepository,
  SeededWorkspace,
  WorkspacePermission,
} from "./seed-schema.ts"

export type { RepositoryPermission, WorkspacePermission } from "./seed-schema.ts"

export type Project = Omit<SeededProject, "uuid"> & {
  readonly uuid: string
}

export type Repository = Omit<SeededRepository, "slug" | "uuid" | "project"> & {
  readonly slug: string
  readonly uuid: string
  readonly project: Project
}

export type Workspace = Omit<SeededWorkspace, "name" | "uuid" | "projects" | "repositories"> & {
  readonly name: string
  readonly uuid: string
  /** The person whose personal workspace it is. */
  readonly person: Person | null
  readonly projects: readonly Project[]
  readonly repositories: readonly Repository[]
}

/** Fills in the defaults of a seeded workspace. */
export function completeWorkspace(seeded: SeededWorkspace, person: Person | null): Workspace {
  const { slug } = seeded
  const [first = UNTITLED_PROJECT, ...others] = seeded.projects
  const projects = [first, ...others].map((project) => ({
    ...project,
    uuid: project.uuid ?? stableUuid(`project:${slug}/${project.key}`),
  }))
  const repositories = Array.isArray(seeded.repositories)
    ? seeded.repositories
    : generateRepositories(seeded.repositories.generate, projects)
  return {
    ...seeded,
    name: seeded.name ?? slug,
    uuid: seeded.uuid ?? person?.uuid ?? stableUuid(`workspace:${slug}`),
    person,
    projects,
    repositories: repositories.map((repository) => completeRepository(slug, repository, projects)),
  }
}

/** The project of a workspace without any of its own. */
const UNTITLED_PROJECT: SeededProject = {
  key: "PROJ",
  name: "Untitled project",
  description: "",
  is_private: true,
  created_on: "2020-06-01T00:00:00Z",
  access_tokens: [],
}

/** Enough repositories to fill pages with: numbered, every third one public, made a day apart, in each project in turn. */
function generateRepositories(count: number, projects: readonly Project[]): SeededRepository[] {
  const first = Date.parse("2022-01-01T00:00:00Z")
  return Array.from({ length: count }, (_, index) => ({
    name: `Repository ${String(index + 1).padStart(3, "0")}`,
    is_private: (index + 1) % 3 !== 0,
    description: "",
    language: "",
    created_on: new Date(first + index * 86_400_000).toISOString(),
    project: projects[index % projects.length]?.key,
    website: null,
    access_tokens: [],
    permissions: {},
  }))
}

function completeRepository(
  workspaceSlug: string,
  repository: SeededRepository,
  projects: readonly Project[],
): Repository {
  const slug = repository.slug ?? slugOf(repository.name)
  const project = projects.find(({ key }) => key === repository.project) ?? projects[0]
  if (project === undefined) throw new Error("A workspace always has a project.")
  return {
    ...repository,
    project,
    slug,
    uuid: repository.uuid ?? stableUuid(`repository:${workspaceSlug}/${slug}`),
  }
}

/** The visitor of a workspace or repository. */
export type Visitor =
  | { readonly kind: "person"; readonly username: string }
  /** A client that acts for itself (BB-C8), in the workspace that it was made in. */
  | { readonly kind: "client"; readonly workspace: string | null }
  /** An access token (BB-K3), which opens one workspace, project or repository. */
  | {
      readonly kind: "access token"
      readonly workspace: string
      readonly project: string | null
      readonly repository: string | null
      readonly permission: RepositoryPermission
    }
  | { readonly kind: "anonymous" }

export function personVisitor(username: string | null): Visitor {
  return username === null ? { kind: "anonymous" } : { kind: "person", username }
}

export function workspacePermissionOf(workspace: Workspace, visitor: Visitor): WorkspacePermission | null {
  if (visitor.kind === "anonymous") return null
  if (visitor.kind === "person") return ownEntry(workspace.members, visitor.username)
  // Assumed: an app_user is a plain member of the workspace that its client, or token, was made in.
  const isWide = visitor.kind === "client" || (visitor.project === null && visitor.repository === null)
  return isWide && visitor.workspace === workspace.slug ? "member" : null
}

/** A token of one project or repository sees the workspace around it, and is not a member. */
export function maySeeWorkspace(workspace: Workspace, visitor: Visitor): boolean {
  if (!workspace.is_private || workspacePermissionOf(workspace, visitor) !== null) return true
  return visitor.kind === "access token" && visitor.workspace === workspace.slug
}

export function maySeeProject(workspace: Workspace, project: Project, visitor: Visitor): boolean {
  if (!project.is_private || workspacePermissionOf(workspace, visitor) !== null) return true
  return (
    visitor.kind === "access token" && visitor.workspace === workspace.slug && visitor.project === project.key
  )
}

/** A visitor's highest permission, null for a stranger, who may still read public repositories. */
export function repositoryPermissionOf(
  workspace: Workspace,
  repository: Repository,
  visitor: Visitor,
): RepositoryPermission | null {
  if (visitor.kind === "access token") {
    const isInside =
      visitor.workspace === workspace.slug &&
      (visitor.project === null || visitor.project === repository.project.key) &&
      (visitor.repository === null || visitor.repository === repository.slug)
    return isInside ? visitor.permission : null
  }
  const membership = workspacePermissionOf(workspace, visitor)
  if (membership === "owner") return "admin"
  const explicit = visitor.kind === "person" ? ownEntry(repository.permissions, visitor.username) : null
  return explicit ?? (membership === null ? null : workspace.default_permission)
}

/** A person may have the name of a property that every object has. */
function ownEntry<Value>(entries: Readonly<Record<string, Value>>, name: string): Value | null {
  return Object.hasOwn(entries, name) ? (entries[name] ?? null) : null
}

/** The person who owns a workspace; before 2026 its clients act for them. */
export function ownerOf(workspace: Workspace): string | null {
  const owner = Object.entries(workspace.members).find(([, permission]) => permission === "owner")
  return owner?.[0] ?? null
}
