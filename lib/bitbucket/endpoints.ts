import { environment } from "@/lib/env"

/** Bitbucket's addresses, below the two origins that the environment names. */
export function bitbucketEndpoints({ BITBUCKET_SITE_URL: site, BITBUCKET_API_URL: api } = environment()) {
  return {
    authorize: `${site}/site/oauth2/authorize`,
    token: `${site}/site/oauth2/access_token`,
    user: `${api}/2.0/user`,
    userEmails: `${api}/2.0/user/emails`,
    userWorkspaces: `${api}/2.0/user/workspaces`,
    /** Where a person sees and removes what they allowed; Bitbucket has no revocation endpoint. */
    authorizedApplications: `${site}/account/settings/app-authorizations/`,
    /** Where a person signs out of Bitbucket, or sees who is signed in there. */
    home: `${site}/`,
    accountPage: (uuid: string) => `${site}/${encodeURIComponent(uuid)}/`,
  }
}
