import { rows } from "../ledger-row.ts"

const PROVIDER_API =
  "https://confluence.atlassian.com/bitbucketserver/bitbucket-oauth-2-0-provider-api-1108483661.html"

/** Bitbucket Data Center, the self-hosted product: contract `datacenter`. */
export const dataCenterRows = rows(
  {
    id: "BB-D1",
    behaviour: "OAuth 2.0 below /rest/oauth2/latest, after the context path if there is one.",
    grade: "official",
    source: PROVIDER_API,
    asOf: "2026-11",
    routes: [
      "GET site /rest/oauth2/latest/authorize",
      "POST site /rest/oauth2/latest/authorize",
      "POST site /rest/oauth2/latest/token",
    ],
  },
  {
    id: "BB-D2",
    behaviour:
      "The code lives ten seconds; if the request had a code_challenge, plain or S256, the verifier must match it.",
    grade: "official",
    source: PROVIDER_API,
    asOf: "2026-11",
  },
  {
    id: "BB-D3",
    behaviour:
      "The token response says scope, access_token, token_type bearer, expires_in 3600, refresh_token.",
    grade: "third-party",
    source: "Fixture of social-core; created_at, which some name, is left out.",
    asOf: "2026-11",
  },
  {
    id: "BB-D4",
    behaviour:
      "A refresh issues a new refresh token, and the used one stops working immediately: The provided refresh_token is invalid.",
    grade: "third-party",
    source:
      "https://github.com/sourcebot-dev/sourcebot (tokenRefresh.test.ts; that it is immediate is assumed)",
    asOf: "2026-11",
  },
  {
    id: "BB-D5",
    behaviour: "Client credentials are read from the body only; wrong ones are invalid_client.",
    grade: "third-party",
    source:
      "https://github.com/python-social-auth/social-core (bitbucket_datacenter.py; the error is assumed)",
    asOf: "2026-11",
  },
  {
    id: "BB-D6",
    behaviour: "Scopes are PUBLIC_REPOS, REPO_READ, REPO_WRITE and REPO_ADMIN.",
    grade: "official",
    source: PROVIDER_API,
    asOf: "2026-11",
  },
  {
    id: "BB-D7",
    behaviour:
      "X-AUSERNAME and X-AUSERID name the caller, and so does /plugins/servlet/applinks/whoami; with an expired token the caller is anonymous.",
    grade: "third-party",
    source: "https://github.com/sourcebot-dev/sourcebot/pull/998 (the name; clients also read X-AUSERID)",
    asOf: "2026-11",
    routes: ["GET site /plugins/servlet/applinks/whoami"],
  },
  {
    id: "BB-D10",
    behaviour:
      "/users?filter= lists, page by page, the users whose username, display name or address contains the text.",
    grade: "official",
    source: "https://docs.atlassian.com/bitbucket-server/rest/6.7.0/bitbucket-rest.html",
    asOf: "2026-11",
    routes: ["GET site /rest/api/latest/users"],
  },
  {
    id: "BB-D11",
    behaviour:
      "A user has a slug as well as a name: in lower case, with _ for characters that a URL cannot hold. A number distinguishes slugs that would be the same.",
    grade: "third-party",
    source: "https://github.com/jenkinsci/blueocean-plugin/pull/2030 (the _ and the number are assumed)",
    asOf: "2026-11",
    routes: ["GET site /rest/api/latest/users/:slug"],
  },
  {
    id: "BB-D8",
    behaviour: "Application links speak OAuth 1.0a with RSA-SHA1 below /plugins/servlet/oauth.",
    grade: "third-party",
    source: "https://github.com/eclipse-che/che-server (OAuth 1.0a of Bitbucket Server)",
    asOf: "2026-11",
    routes: [
      "POST site /plugins/servlet/oauth/request-token",
      "GET site /plugins/servlet/oauth/authorize",
      "POST site /plugins/servlet/oauth/authorize",
      "POST site /plugins/servlet/oauth/access-token",
    ],
  },
  {
    id: "BB-D9",
    behaviour: "A denial of OAuth 1.0a returns to the callback with oauth_problem=permissions_denied.",
    grade: "third-party",
    source: "https://github.com/eclipse-che/che-server (OAuth 1.0a of Bitbucket Server)",
    asOf: "2026-11",
  },
)
