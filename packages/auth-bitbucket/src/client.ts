/**
 * A client of Bitbucket Cloud's API that acts for a person.
 *
 * @module
 */
import { type Account, readAccount } from "./bitbucket/account.ts"
import {
  type AccessTokenOrHolder,
  type ApiOptions,
  type CallOptions,
  createApi,
  type RequestBody,
} from "./bitbucket/api.ts"
import { type Email, listEmails } from "./bitbucket/emails.ts"
import type { BitbucketList } from "./bitbucket/list.ts"
import {
  listRepositories,
  type Repository,
  type RepositoryQuery,
  readRepository,
} from "./bitbucket/repositories.ts"
import {
  listWorkspaces,
  type Membership,
  readMembership,
  readWorkspace,
  type Workspace,
  type WorkspaceAccess,
} from "./bitbucket/workspaces.ts"

export type { Account } from "./bitbucket/account.ts"
export { type AccountWithEmails, readAccountWithEmails } from "./bitbucket/account.ts"
export type {
  AccessTokenOrHolder,
  ApiOptions as ClientOptions,
  CallOptions,
  GetToken,
  RequestBody,
} from "./bitbucket/api.ts"
export { avatarHosts } from "./bitbucket/avatar.ts"
export {
  areAllReadable,
  confirmedPrimaryEmail,
  type Email,
  isAddress,
  unreadableEmail,
} from "./bitbucket/emails.ts"
export { BitbucketError, type BitbucketErrorCode, type IncompleteList } from "./bitbucket/errors.ts"
export { type BitbucketList, type Page, readAll } from "./bitbucket/list.ts"
export type { Repository, RepositoryQuery } from "./bitbucket/repositories.ts"
export { isGranted } from "./bitbucket/scopes.ts"
export { personText } from "./bitbucket/text.ts"
export { type BitbucketUrls, bitbucketUrls } from "./bitbucket/urls.ts"
export { parseUuid } from "./bitbucket/uuid.ts"
export type { Membership, Workspace, WorkspaceAccess } from "./bitbucket/workspaces.ts"
export { type BoundedFetchOptions, createBoundedFetch } from "./http/bounded-fetch.ts"
export { cutText, parseReceivedJson, wellFormed } from "./oauth/received-text.ts"
export { parseRetryAfterSeconds } from "./oauth/retry-after.ts"

/**
 * Calls Bitbucket for one user. Every method may throw BitbucketError, whose `code` says what failed, or what
 * `getToken` throws, and takes a signal that cancels it.
 */
export type BitbucketClient = {
  /** The user that the token belongs to. Needs the scope `account`. */
  user: (options?: CallOptions) => Promise<Account>
  /** Their addresses. Needs the scope `email`. */
  emails: (options?: CallOptions) => BitbucketList<Email>
  /** The workspaces that they belong to. Needs the scope `account`. */
  workspaces: (options?: CallOptions) => BitbucketList<WorkspaceAccess>
  /** One of these, by its slug. `not_found` if they are not in it. */
  workspace: (slug: string, options?: CallOptions) => Promise<Workspace>
  /** Their membership of a workspace, by slug or UUID. `not_found` if they are not in it. */
  membership: (workspace: string, options?: CallOptions) => Promise<Membership>
  /** The repositories of a workspace that they may see. Needs the scope `repository`. */
  repositories: (workspace: string, options?: RepositoryQuery & CallOptions) => BitbucketList<Repository>
  /** One of these, by the slugs of both. `not_found` if they may not see it. */
  repository: (workspace: string, slug: string, options?: CallOptions) => Promise<Repository>
  /**
   * Any other call. Resolves with the response if its status is 2xx, and throws otherwise. It never sends a write twice: after
   * `unreachable`, Bitbucket may or may not have done it.
   *
   * @param path below the API, such as `/2.0/repositories/acme/tools/pullrequests`, or a URL that Bitbucket returned
   * @param body of a write: a body to send as it is, or an object to send as JSON
   * @throws TypeError for a URL that is not on the API's origin
   */
  request: (
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: RequestBody | object,
    options?: CallOptions,
  ) => Promise<Response>
}

/**
 * Creates a client that calls Bitbucket with the tokens that `getToken` returns.
 *
 * @example
 * const bitbucket = createClient({ getToken: (options) => connections.getToken(account, options) })
 * for await (const repository of bitbucket.repositories("acme")) console.log(repository.slug)
 */
export function createClient<Token extends AccessTokenOrHolder = { value: string; version: number }>(
  options: ApiOptions<Token>,
): BitbucketClient {
  const api = createApi(options)
  return {
    user: (callOptions) => readAccount(api, callOptions),
    emails: (callOptions) => listEmails(api, callOptions),
    workspaces: (callOptions) => listWorkspaces(api, callOptions),
    workspace: (slug, callOptions) => readWorkspace(api, slug, callOptions),
    membership: (workspace, callOptions) => readMembership(api, workspace, callOptions),
    repositories: (workspace, query) => listRepositories(api, workspace, query),
    repository: (workspace, slug, callOptions) => readRepository(api, workspace, slug, callOptions),
    request(method, path, body, callOptions) {
      const url = path.startsWith("/") ? `${api.urls.api}${path}` : path
      return api.send(method, url, { ...callOptions, ...(body !== undefined && contentOf(body)) })
    },
  }
}

function contentOf(body: RequestBody | object): { body: RequestBody; headers?: HeadersInit } {
  return isSentAsItIs(body)
    ? { body }
    : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }
}

function isSentAsItIs(body: RequestBody | object): body is RequestBody {
  return (
    typeof body === "string" ||
    [URLSearchParams, FormData, Blob, Uint8Array].some((kind) => body instanceof kind)
  )
}
