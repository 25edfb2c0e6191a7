import { z } from "zod"
import { type RepositoryQuery, repositorySorts } from "@/lib/bitbucket/workspace-lists"

/** A page's query parameters. They may contain anything. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>

/** Longer than what anyone types. The text is sent to Bitbucket. */
export const LONGEST_SEARCH = 100

const page = z.coerce.number().int().min(1).max(9_999).catch(1)

const search = z.string().trim().max(LONGEST_SEARCH).catch("")

/** Of a repository: `workspace/slug`. */
const fullName = z
  .string()
  .max(256)
  .regex(/^\w[\w.-]*\/[\w.-]+$/)
  .refine((name) => !/\/\.+$/.test(name))
  .nullable()
  .catch(null)

const workspaceListSchema = z
  .object({ q: search, page, repository: fullName })
  .transform(({ q, page, repository }): WorkspaceQuery => ({ search: q, page, picked: repository }))

const repositoryListSchema = z
  .object({
    q: search,
    sort: z.enum(repositorySorts).catch("updated"),
    page,
  })
  .transform(({ q, ...query }): RepositoryQuery => ({ search: q, ...query }))

type WorkspaceQuery = {
  /** Words to look for in the names of repositories; without any, the page lists the workspaces. */
  search: string
  page: number
  /** The full name of a repository to show, `workspace/slug`. */
  picked: string | null
}

/** Reads from a URL which page of the workspaces, or which repositories of all workspaces, to show. */
export function parseWorkspaceList(query: Awaited<SearchParams>): WorkspaceQuery {
  return workspaceListSchema.parse(query)
}

/** Reads from a URL which repositories to show. Invalid values count as the default. */
export function parseRepositoryList(query: Awaited<SearchParams>): RepositoryQuery {
  return repositoryListSchema.parse(query)
}

export function workspacesPath({
  search = "",
  page = 1,
  picked = null,
}: Partial<WorkspaceQuery> = {}): string {
  return withQuery("/workspaces", {
    ...(search && { q: search }),
    ...(page > 1 && { page: String(page) }),
    ...(picked !== null && { repository: picked }),
  })
}

/** The path to a workspace's repositories, without parameters that have their default values. */
export function repositoriesPath(
  workspace: string,
  { search = "", sort = "updated", page = 1 }: Partial<RepositoryQuery> = {},
): string {
  return withQuery(`/workspaces/${encodeURIComponent(workspace)}`, {
    ...(search && { q: search }),
    ...(sort !== "updated" && { sort }),
    ...(page > 1 && { page: String(page) }),
  })
}

function withQuery(path: string, query: Record<string, string>): string {
  const text = new URLSearchParams(query).toString()
  return text ? `${path}?${text}` : path
}
