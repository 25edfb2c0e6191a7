import {
  type BitbucketClient,
  BitbucketError,
  type Page,
  type Repository,
  type WorkspaceAccess,
} from "auth-bitbucket/client"
import { getNumberedPage, type NumberedPage } from "./numbered-page"

/** Fifty, so that two of this app's pages need one call. */
const BITBUCKET_PAGE_LENGTH = 50

/** The name of each order in Bitbucket's `sort`. */
const sortKeys = { updated: "-updated_on", oldest: "updated_on", name: "name", "name-desc": "-name" } as const

export type RepositorySort = keyof typeof sortKeys

/** The orders that a list may have, as named in URLs. */
export const repositorySorts = Object.keys(sortKeys) as RepositorySort[]

export type RepositoryQuery = {
  /** What the user typed. */
  search: string
  sort: RepositorySort
  /** Number of the page, from 1. */
  page: number
}

const MOST_WORDS = 8

/**
 * A condition in Bitbucket's query language that requires every word to occur in the name. Its reference does not say
 * how to escape a quote in a string, so we send none: quotes and backslashes separate words, as spaces do, and the
 * rest is literal under any rule.
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

/** A workspace of the list, with what the list itself does not say; null if that is not known. */
export type DescribedWorkspace = WorkspaceAccess & {
  name: string | null
  /** How many repositories of it the person may see. */
  repositoryCount: number | null
}

/** Each costs a call or two of the thousand an hour that Bitbucket allows; a page with more shows slugs. */
const MOST_DESCRIBED = 10

/**
 * Asks for the names of a few workspaces and how many repositories they have. Leaves out what Bitbucket does not answer.
 *
 * @param canCount whether the person granted the scope `repository`
 */
export function describeWorkspaces(
  client: BitbucketClient,
  workspaces: readonly WorkspaceAccess[],
  canCount: boolean,
): Promise<DescribedWorkspace[]> {
  const isFew = workspaces.length <= MOST_DESCRIBED
  return Promise.all(
    workspaces.map(async (workspace) => {
      const unknown = { ...workspace, name: null, repositoryCount: null }
      return isFew ? await describeOne(client, workspace, canCount).catch(orFailure(unknown)) : unknown
    }),
  )
}

async function describeOne(
  client: BitbucketClient,
  workspace: WorkspaceAccess,
  canCount: boolean,
): Promise<DescribedWorkspace> {
  const { slug } = workspace
  const first = canCount ? (await client.repositories(slug, { pageLength: 1 }).pages().next()).value : null
  // A repository names its workspace, which saves a call.
  const name = first?.items[0]?.workspaceName ?? (await client.workspace(slug)).name
  return { ...workspace, name, repositoryCount: first?.total ?? null }
}

/** Replaces what Bitbucket did not answer with a default; rethrows any other error. */
function orFailure<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (!(error instanceof BitbucketError)) throw error
    return value
  }
}

/** Each is a call to Bitbucket, which allows a thousand an hour. */
const MOST_SEARCHED = 20
const MOST_OF_A_WORKSPACE = 10

export type FoundRepositories = {
  /** The one that changed last is the first. */
  repositories: Repository[]
  /** Slugs of workspaces that have more of them than these. */
  more: string[]
  /** Slugs of workspaces whose repositories Bitbucket did not list. */
  unlisted: string[]
  /** How many workspaces were searched if the user has more, otherwise null. */
  onlySearched: number | null
}

/**
 * Searches the repositories of all the user's workspaces in parallel. Needs the scope `repository`.
 *
 * @param search words that each occur in the name; all repositories if there are none
 * @throws BitbucketError if Bitbucket lists the repositories of none of them
 */
export async function findRepositories(client: BitbucketClient, search: string): Promise<FoundRepositories> {
  const first = (await client.workspaces().pages().next()).value
  const workspaces = first?.items ?? []
  const searched = workspaces.slice(0, MOST_SEARCHED)
  const isWhole = first && first.next === null && !first.leadsElsewhere && first.unreadable === 0
  const query = nameCondition(search) ?? undefined
  const read = await Promise.all(
    searched.map(async ({ slug }) => {
      const list = client.repositories(slug, { query, sort: "-updated_on", pageLength: MOST_OF_A_WORKSPACE })
      try {
        return { slug, page: (await list.pages().next()).value, error: null }
      } catch (error) {
        if (!(error instanceof BitbucketError)) throw error
        return { slug, page: undefined, error }
      }
    }),
  )
  const isAnyListed = read.some(({ error }) => error === null)
  const refusal = read.find(({ error }) => error && !isAboutOneWorkspace(error))
  if (refusal?.error && !isAnyListed) throw refusal.error
  const newestFirst = (a: Repository, b: Repository) => (b.updatedOn ?? "").localeCompare(a.updatedOn ?? "")
  return {
    repositories: read.flatMap(({ page }) => page?.items ?? []).sort(newestFirst),
    more: read.filter(({ page }) => page && hasMore(page)).map(({ slug }) => slug),
    unlisted: read.filter(({ error }) => error).map(({ slug }) => slug),
    onlySearched: isWhole && searched.length === workspaces.length ? null : searched.length,
  }
}

const hasMore = (page: Page<Repository>) => page.next !== null || page.leadsElsewhere || page.unreadable > 0

/** Whether a workspace keeps this person, or this app, out. */
const isAboutOneWorkspace = ({ code }: BitbucketError) => code === "forbidden" || code === "not_found"
