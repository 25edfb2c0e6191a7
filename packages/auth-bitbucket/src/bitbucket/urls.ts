/** Where Bitbucket is. */
export type BitbucketUrls = {
  /** People sign in here; `https://bitbucket.org` of Bitbucket Cloud. */
  site: string
  /** Calls go here; `https://api.bitbucket.org` of Bitbucket Cloud. */
  api: string
  /** The authorization endpoint. */
  authorize: string
  /** The token endpoint. */
  token: string
  /** Says whose token it is. A 401 here, and only here, is about the token. */
  user: string
}

/**
 * Bitbucket Cloud's addresses.
 *
 * @param places where they are others: `site` and `api` of an emulator, all five of a Bitbucket Data Center. Without a
 *   slash at the end
 * @see https://developer.atlassian.com/cloud/bitbucket/oauth-2/
 */
export function bitbucketUrls(
  places: { [Name in keyof BitbucketUrls]?: string | undefined } = {},
): BitbucketUrls {
  const { site = "https://bitbucket.org", api = "https://api.bitbucket.org" } = places
  const {
    authorize = `${site}/site/oauth2/authorize`,
    token = `${site}/site/oauth2/access_token`,
    user = `${api}/2.0/user`,
  } = places
  return { site, api, authorize, token, user }
}
