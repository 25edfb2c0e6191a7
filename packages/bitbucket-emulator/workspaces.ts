import { slugOf, stableUuid } from "./identifiers.ts"
import type {
  RepositoryPermission,
  SeededRepository,
  SeededWorkspace,
  WorkspacePermission,
} from "./seed-schema.ts"

export type { RepositoryPermission, WorkspacePermission } from "./seed-schema.ts"

export type Repository = Omit<SeededRepository, "slug" | "uuid"> & {
  readonly slug: string
  readonly uuid: string
}

export type Workspace = Omit<SeededWorkspace, "name" | "uuid" | "repositories"> & {
  readonly name: string
  readonly uuid: string
  readonly repositories: readonly Repository[]
}

/** Fills in what a seeded workspace leaves out. `personUuid` is its person's, if it is a personal one. */
export function completeWorkspace(seeded: SeededWorkspace, personUuid: string | undefined): Workspace {
  const { slug, repositories } = seeded
  const listed = Array.isArray(repositories) ? repositories : generateRepositories(repositories.generate)
  return {
    ...seeded,
    name: seeded.name ?? slug,
    uuid: seeded.uuid ?? personUuid ?? stableUuid(`workspace:${slug}`),
    repositories: listed.map((repository) => completeRepository(slug, repository)),
  }
}

/** Enough repositories to fill pages with: numbered, every third one public, made a day apart. */
function generateRepositories(count: number): SeededRepository[] {
  const first = Date.parse("2022-01-01T00:00:00Z")
  return Array.from({ length: count }, (_, index) => ({
    name: `Repository ${String(index + 1).padStart(3, "0")}`,
    is_private: (index + 1) % 3 !== 0,
    description: "",
    language: "",
    created_on: new Date(first + index * 86_400_000).toISOString(),
    permissions: {},
  }))
}

function completeRepository(workspaceSlug: string, repository: SeededRepository): Repository {
  const slug = repository.slug ?? slugOf(repository.name)
  return {
    ...repository,
    slug,
    uuid: repository.uuid ?? stableUuid(`repository:${workspaceSlug}/${slug}`),
  }
}

/** Who asks for a workspace or repository: a person, or a client that acts for itself (BB-C8). */
export interface Visitor {
  readonly username: string | null
  /** The workspace of the client that acts for itself. */
  readonly workspace: string | null
}

export function workspacePermissionOf(workspace: Workspace, visitor: Visitor): WorkspacePermission | null {
  // Assumed: an app_user is a plain member of the workspace that its client was made in.
  if (visitor.username === null) return visitor.workspace === workspace.slug ? "member" : null
  return ownEntry(workspace.members, visitor.username)
}

/** The highest permission that a visitor has, null for a stranger: who then still may read what is public. */
export function repositoryPermissionOf(
  workspace: Workspace,
  repository: Repository,
  visitor: Visitor,
): RepositoryPermission | null {
  const membership = workspacePermissionOf(workspace, visitor)
  if (membership === "owner") return "admin"
  const explicit = visitor.username === null ? null : ownEntry(repository.permissions, visitor.username)
  return explicit ?? (membership === null ? null : workspace.default_permission)
}

/** A person may be named like something that every object has. */
function ownEntry<Value>(entries: Readonly<Record<string, Value>>, name: string): Value | null {
  return Object.hasOwn(entries, name) ? (entries[name] ?? null) : null
}

/** The person who owns a workspace, and whom a client of it acts for before 2026. */
export function ownerOf(workspace: Workspace): string | null {
  const owner = Object.entries(workspace.members).find(([, permission]) => permission === "owner")
  return owner?.[0] ?? null
}
