import { z } from "zod"
import type { Api, CallOptions } from "./api.ts"
import { BitbucketError } from "./errors.ts"
import { type BitbucketList, createList } from "./list.ts"
import { label, moment, personText } from "./text.ts"

export type Repository = {
  /** Slug of the workspace. */
  workspace: string
  /** Null if Bitbucket does not say. */
  workspaceName: string | null
  slug: string
  name: string
  description: string | null
  /** Null if Bitbucket does not say. */
  isPrivate: boolean | null
  language: string | null
  /** ISO 8601. */
  updatedOn: string | null
}

const repositorySchema = z
  .object({
    full_name: z
      .string()
      .max(512)
      .regex(/^[^/]+\/[^/]+$/),
    name: personText,
    description: personText,
    is_private: z.boolean().nullish().catch(null),
    language: label,
    updated_on: moment,
    workspace: z.object({ name: personText }).nullish().catch(null),
  })
  .transform((repository): Repository => {
    const [workspace = "", slug = ""] = repository.full_name.split("/")
    return {
      workspace,
      workspaceName: repository.workspace?.name ?? null,
      slug,
      name: repository.name ?? slug,
      description: repository.description,
      isPrivate: repository.is_private ?? null,
      language: repository.language,
      updatedOn: repository.updated_on,
    }
  })

/** A whole repository is five kilobytes, nearly all of it links. */
const FIELDS = ["full_name", "name", "description", "is_private", "language", "updated_on", "workspace.name"]

export type RepositoryQuery = {
  /** A condition of Bitbucket's query language, such as `name ~ "tools" AND is_private = true`. */
  query?: string | undefined
  /** A field, or one with `-` before it. The oldest first unless given: then a new one never moves those that follow. */
  sort?: string | undefined
  /** Entries of each of Bitbucket's pages, 100 at most; 100 unless given. */
  pageLength?: number | undefined
}

/**
 * Lists the repositories of a workspace that the person may see. Needs the scope `repository`.
 *
 * @param workspace slug or UUID
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
 */
export function listRepositories(
  api: Api,
  workspace: string,
  { query, sort = "created_on", pageLength = 100, signal }: RepositoryQuery & CallOptions = {},
): BitbucketList<Repository> {
  const url = new URL(`${api.urls.api}/2.0/repositories/${encodeURIComponent(workspace)}`)
  url.searchParams.set("pagelen", String(pageLength))
  url.searchParams.set("sort", sort)
  if (query) url.searchParams.set("q", query)
  url.searchParams.set("fields", ["next", "size", ...FIELDS.map((name) => `values.${name}`)].join(","))
  return createList(api, {
    url: url.href,
    itemSchema: repositorySchema,
    idOf: (repository) => `${repository.workspace}/${repository.slug}`,
    signal,
  })
}

/**
 * Reads one repository. Needs the scope `repository`.
 *
 * @param workspace slug
 * @throws BitbucketError `not_found` if there is none that the person may see; `unexpected_answer` if Bitbucket describes
 *   another than the one asked for
 */
export async function readRepository(
  api: Api,
  workspace: string,
  slug: string,
  options?: CallOptions,
): Promise<Repository> {
  const path = [workspace, slug].map(encodeURIComponent).join("/")
  const url = `${api.urls.api}/2.0/repositories/${path}?fields=${FIELDS.join(",")}`
  const repository = await api.read(url, repositorySchema, options)
  const isSame =
    repository.workspace.toLowerCase() === workspace.toLowerCase() &&
    repository.slug.toLowerCase() === slug.toLowerCase()
  if (!isSame) throw new BitbucketError("unexpected_answer", { status: 200 })
  return repository
}
