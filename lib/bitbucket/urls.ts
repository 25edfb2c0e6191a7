import type { Account } from "auth-bitbucket/client"
import { type BitbucketUrls, bitbucketUrls } from "auth-bitbucket/client"
import { environment } from "@/lib/env"
import type { Environment } from "@/lib/env/schema"

type Place = Pick<Environment, "BITBUCKET_KIND" | "BITBUCKET_SITE_URL" | "BITBUCKET_API_URL">

/** Where the Bitbucket of this deployment is. */
export function urlsOf(place: Place = environment()): BitbucketUrls {
  const { BITBUCKET_KIND, BITBUCKET_SITE_URL: site, BITBUCKET_API_URL: api } = place
  if (BITBUCKET_KIND === "cloud") return bitbucketUrls({ site, api })
  return {
    site,
    api: site,
    /** @see https://confluence.atlassian.com/bitbucketserver/bitbucket-oauth-2-0-provider-api-1108483661.html */
    authorize: `${site}/rest/oauth2/latest/authorize`,
    token: `${site}/rest/oauth2/latest/token`,
    user: `${site}/plugins/servlet/applinks/whoami`,
  }
}

/** Bitbucket's own pages that this app links to. */
export function bitbucketPages(place: Place = environment()) {
  const { BITBUCKET_KIND, BITBUCKET_SITE_URL: site } = place
  const isCloud = BITBUCKET_KIND === "cloud"
  return {
    /** Where users see and remove the apps that they have authorized; Bitbucket has no revocation endpoint. */
    authorizedApplications: isCloud
      ? `${site}/account/settings/app-authorizations/`
      : `${site}/plugins/servlet/oauth/users/access-tokens`,
    /** Where users sign out of Bitbucket, or see which account they use there. */
    home: `${site}/`,
    account: ({ uuid, username }: Account) =>
      isCloud
        ? `${site}/${encodeURIComponent(uuid)}/`
        : `${site}/users/${encodeURIComponent(username ?? "")}`,
    workspace: (workspace: string) => `${site}/${encodeURIComponent(workspace)}/`,
    repository: (workspace: string, repository: string) =>
      `${site}/${encodeURIComponent(workspace)}/${encodeURIComponent(repository)}`,
  }
}

/** Whether this Bitbucket has workspaces at all: Data Center has none. */
export function hasWorkspaces(): boolean {
  return environment().BITBUCKET_KIND === "cloud"
}
