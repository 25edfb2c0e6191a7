import { environment } from "@/lib/env"
import type { Environment } from "@/lib/env/schema"
import type { Account } from "./account"

type Place = Pick<Environment, "BITBUCKET_KIND" | "BITBUCKET_SITE_URL" | "BITBUCKET_API_URL">

/** Bitbucket's addresses, below what the environment names. */
export function bitbucketEndpoints(place: Place = environment()) {
  const { BITBUCKET_KIND, BITBUCKET_SITE_URL: site, BITBUCKET_API_URL: api } = place
  const cloud = {
    authorize: `${site}/site/oauth2/authorize`,
    token: `${site}/site/oauth2/access_token`,
    /** Says whose token it is. */
    user: `${api}/2.0/user`,
    userEmails: `${api}/2.0/user/emails`,
    userWorkspaces: `${api}/2.0/user/workspaces`,
    ownPermission: (workspace: string) =>
      `${api}/2.0/user/workspaces/${encodeURIComponent(workspace)}/permission`,
    workspace: (workspace: string) => `${api}/2.0/workspaces/${encodeURIComponent(workspace)}`,
    repositories: (workspace: string) => `${api}/2.0/repositories/${encodeURIComponent(workspace)}`,
    /** Where a person sees and removes what they allowed; Bitbucket has no revocation endpoint. */
    authorizedApplications: `${site}/account/settings/app-authorizations/`,
    /** Where a person signs out of Bitbucket, or sees who is signed in there. */
    home: `${site}/`,
    accountPage: ({ uuid }: Account) => `${site}/${encodeURIComponent(uuid)}/`,
    workspacePage: (workspace: string) => `${site}/${encodeURIComponent(workspace)}/`,
    repositoryPage: (workspace: string, repository: string) =>
      `${site}/${encodeURIComponent(workspace)}/${encodeURIComponent(repository)}`,
  }
  if (BITBUCKET_KIND === "cloud") return cloud
  return {
    ...cloud,
    /** @see https://confluence.atlassian.com/bitbucketserver/bitbucket-oauth-2-0-provider-api-1108483661.html */
    authorize: `${site}/rest/oauth2/latest/authorize`,
    token: `${site}/rest/oauth2/latest/token`,
    user: `${site}/plugins/servlet/applinks/whoami`,
    authorizedApplications: `${site}/plugins/servlet/oauth/users/access-tokens`,
    accountPage: ({ username }: Account) => `${site}/users/${encodeURIComponent(username ?? "")}`,
  }
}
