import {
  type BitbucketClient,
  BitbucketError,
  type Repository,
  type WorkspaceAccess,
} from "auth-bitbucket/client"
import { getNumberedPage, type NumberedPage } from "./numbered-page"

/** Fifty, so that two of this app's pages need one call. */
const BITBUCKET_PAGE_LENGTH = 50

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
 * @returns null if there is no word to look for
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

/**
 * One page of the repositories of a workspace that the person may see. Needs the scope `repository`.
 *
 * @param reader the id of the person's connection
 * @throws BitbucketError `insufficient_scope` if that was not granted
 */
export function getRepositories(
  client: BitbucketClient,
  workspace: string,
  { search, sort, page }: RepositoryQuery,
  reader: string,
): Promise<NumberedPage<Repository>> {
  const query = nameCondition(search) ?? undefined
  const list = client.repositories(workspace, {
    query,
    sort: sortKeys[sort],
    pageLength: BITBUCKET_PAGE_LENGTH,
  })
  return getNumberedPage(list, page, `${reader} repositories ${workspace} ${sort} ${query}`)
}

/**
 * One page of the workspaces that the person is a member of, by slug. Needs the scope `account`.
 *
 * @param number of the page, from 1
 * @param reader the id of the person's connection
 * @throws BitbucketError
 */
export function getWorkspaces(
  client: BitbucketClient,
  number: number,
  reader: string,
): Promise<NumberedPage<WorkspaceAccess>> {
  return getNumberedPage(client.workspaces(), number, `${reader} workspaces`)
}

/** Each is a call to Bitbucket, which allows a thousand an hour. */
const MOST_WORKSPACES = 20
const MOST_OF_A_WORKSPACE = 10

export type FoundRepositories = {
  /** The one that changed last is the first. */
  repositories: Repository[]
  /** Slugs of workspaces that have more of them than these. */
  more: string[]
  /** Slugs of workspaces that Bitbucket did not let the person, or this app, look into. */
  closed: string[]
  /** Whether the person has more workspaces than were searched. */
  isCutShort: boolean
}

/**
 * Searches the repositories of all workspaces that a person is in, all at once. Needs the scope `repository`.
 *
 * @param search words that each occur in the name
 * @throws BitbucketError `insufficient_scope` if that was not granted
 */
export async function findRepositories(client: BitbucketClient, search: string): Promise<FoundRepositories> {
  const first = (await client.workspaces().pages().next()).value
  const workspaces = first?.items ?? []
  const searched = workspaces.slice(0, MOST_WORKSPACES)
  const query = nameCondition(search) ?? undefined
  const found = await Promise.all(
    searched.map(async ({ slug }) => {
      const list = client.repositories(slug, { query, sort: "-updated_on", pageLength: MOST_OF_A_WORKSPACE })
      try {
        const page = (await list.pages().next()).value
        return { slug, items: page?.items ?? [], goesOn: page?.next != null, isClosed: false }
      } catch (error) {
        const isClosed = error instanceof BitbucketError && ["forbidden", "not_found"].includes(error.code)
        if (!isClosed) throw error
        return { slug, items: [], goesOn: false, isClosed }
      }
    }),
  )
  const newestFirst = (a: Repository, b: Repository) => (b.updatedOn ?? "").localeCompare(a.updatedOn ?? "")
  return {
    repositories: found.flatMap(({ items }) => items).sort(newestFirst),
    more: found.filter(({ goesOn }) => goesOn).map(({ slug }) => slug),
    closed: found.filter(({ isClosed }) => isClosed).map(({ slug }) => slug),
    isCutShort: searched.length < workspaces.length || first?.next != null,
  }
}
