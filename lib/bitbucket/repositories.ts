import { label, moment, personText } from "auth-bitbucket/bitbucket/text"
import { z } from "zod"
import type { ApiCredential } from "./api-client"
import { bitbucketEndpoints } from "./endpoints"
import { getNumberedPage, type NumberedPage } from "./numbered-page"

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
  })
  .transform((repository) => {
    const [workspace = "", slug = ""] = repository.full_name.split("/")
    return {
      workspace,
      slug,
      name: repository.name ?? slug,
      description: repository.description,
      /** Null where Bitbucket does not say. */
      isPrivate: repository.is_private ?? null,
      language: repository.language,
      /** ISO 8601, or null. */
      updatedOn: repository.updated_on,
    }
  })

export type Repository = z.infer<typeof repositorySchema>

/** A whole repository is five kilobytes of links; a hundred of them are more than is read of any answer. */
const FIELDS = ["full_name", "name", "description", "is_private", "language", "updated_on"]

/** Fifty, so that long descriptions do not make an answer too long either. */
const BITBUCKET_PAGE_LENGTH = "50"

/** What each order is called in Bitbucket's `sort`. */
const sortKeys = { updated: "-updated_on", oldest: "updated_on", name: "name", "name-desc": "-name" } as const

export type RepositorySort = keyof typeof sortKeys

/** The orders that a list may have, as addresses name them. */
export const repositorySorts = Object.keys(sortKeys) as RepositorySort[]

export type RepositoryQuery = {
  /** What the person typed. */
  search: string
  sort: RepositorySort
  /** Number of the page, from 1. */
  page: number
}

const MOST_WORDS = 8

/**
 * A condition of Bitbucket's query language under which every word occurs in the name. Its reference does not say
 * how a quote within a string is written, so none is: quotes and backslashes part words, as spaces do, and what is
 * left means itself under any rule.
 *
 * @returns null where there is no word to look for
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
 */
export function nameCondition(search: string): string | null {
  const words = search.split(/[\s"\\\p{Cc}]+/u).filter(Boolean)
  return words.length === 0
    ? null
    : words
        .slice(0, MOST_WORDS)
        .map((word) => `name ~ "${word}"`)
        .join(" AND ")
}

/** The address of the first of Bitbucket's pages; the others are followed. */
function repositoriesUrl(workspace: string, { search, sort }: Omit<RepositoryQuery, "page">): string {
  const url = new URL(bitbucketEndpoints().repositories(workspace))
  url.searchParams.set("pagelen", BITBUCKET_PAGE_LENGTH)
  url.searchParams.set("sort", sortKeys[sort])
  const condition = nameCondition(search)
  if (condition) url.searchParams.set("q", condition)
  url.searchParams.set("fields", ["next", "size", ...FIELDS.map((name) => `values.${name}`)].join(","))
  return url.href
}

/**
 * The repositories of a workspace that the person may see. Needs the scope `repository`.
 *
 * @param reader the id of the person's connection
 * @throws BitbucketError `insufficient_scope` where that was not granted
 */
export function getRepositories(
  credential: ApiCredential,
  workspace: string,
  query: RepositoryQuery,
  reader: string,
): Promise<NumberedPage<Repository>> {
  const url = repositoriesUrl(workspace, query)
  return getNumberedPage({ url, credential, itemSchema: repositorySchema, reader }, query.page)
}
