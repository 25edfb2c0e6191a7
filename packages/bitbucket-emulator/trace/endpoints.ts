/** The purposes of the site's paths. Those of a Data Center are below its context path, if it has one. */
const CONTEXT_PATH = String.raw`^(?:/[\w-]+)*`
const OAUTH1_SERVLET = `${CONTEXT_PATH}/plugins/servlet/oauth`

const AUTHORIZE = new RegExp(`^/site/oauth2/authorize/?$|${CONTEXT_PATH}/rest/oauth2/latest/authorize/?$`)
const REQUEST_TOKEN = new RegExp(`^/api/1\\.0/oauth/request_token/?$|${OAUTH1_SERVLET}/request-token/?$`)
const OAUTH1_QUESTION = new RegExp(`^/api/1\\.0/oauth/authenticate/?$|${OAUTH1_SERVLET}/authorize/?$`)
/** Endpoints of the site that an application's server calls; everything else there is for browsers. */
const SERVER_TO_SERVER = new RegExp(
  [
    "^/(site/oauth2/access_token|api/[12]\\.0/(?!oauth/authenticate))",
    `${CONTEXT_PATH}/rest/(oauth2/latest/token|api)(/|$)`,
    `${OAUTH1_SERVLET}/(request|access)-token(/|$)`,
    `${CONTEXT_PATH}/plugins/servlet/applinks/whoami(/|$)`,
  ].join("|"),
)

/** Where an application sends a browser with an authorization request of OAuth 2.0. */
export function isAuthorize(path: string): boolean {
  return AUTHORIZE.test(path)
}

/** Where a flow of OAuth 1.0a begins. */
export function isRequestToken(path: string): boolean {
  return REQUEST_TOKEN.test(path)
}

/** Where the person decides on a request token. */
export function isOAuth1Question(path: string): boolean {
  return OAUTH1_QUESTION.test(path)
}

export function isForServers(path: string): boolean {
  return SERVER_TO_SERVER.test(path)
}
