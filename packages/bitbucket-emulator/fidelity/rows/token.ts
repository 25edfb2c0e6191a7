import { rows } from "../ledger-row.ts"

const NARRATIVE = "https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication"
const SONARQUBE = "https://github.com/SonarSource/sonarqube (BitbucketCloudRestClientTest.java)"

/** The token endpoint: what it accepts, what it returns, how it refuses. */
export const tokenRows = rows(
  {
    id: "BB-T1",
    behaviour: "The body is a form; a JSON body counts as a request without a grant.",
    grade: "recorded",
    source: "https://github.com/plentico/plenti/issues/280",
    asOf: "2026-11",
    routes: ["POST site /site/oauth2/access_token"],
  },
  {
    id: "BB-T2",
    behaviour: "The client authenticates with HTTP Basic, key and secret.",
    grade: "official",
    source: NARRATIVE,
    asOf: "2026-11",
  },
  {
    id: "BB-T3",
    behaviour: "A Bearer header instead of Basic gets HTML. The status 400 is assumed.",
    grade: "recorded",
    source: "https://community.developer.atlassian.com/t/22038",
    asOf: "2018",
  },
  {
    id: "BB-T4",
    behaviour:
      "Grants: authorization_code, refresh_token, client_credentials, and urn:bitbucket:oauth2:jwt for Connect apps.",
    grade: "official",
    source: NARRATIVE,
    asOf: "2026-08",
  },
  {
    id: "BB-T6",
    behaviour: "expires_in is 7200; the documentation's “one hour” has been out of date since about 2018.",
    grade: "recorded",
    source: "https://community.developer.atlassian.com/t/22136",
    asOf: "2026-11",
  },
  {
    id: "BB-T7",
    behaviour: "token_type is `bearer`, in lower case.",
    grade: "recorded",
    source: SONARQUBE,
    asOf: "2026-11",
  },
  {
    id: "BB-T8",
    behaviour:
      "The member `state` of the token response holds the grant's name, whatever the request's state was.",
    grade: "recorded",
    source: SONARQUBE,
    asOf: "2026-11",
  },
  {
    id: "BB-T9",
    behaviour: "A refresh leaves older access tokens valid.",
    grade: "recorded",
    source: "https://github.com/harness/harness/issues/1147",
    asOf: "2015",
  },
  {
    id: "BB-T10",
    behaviour: "In the older contract a refresh returns the same refresh token.",
    grade: "third-party",
    source: "https://github.com/drone/go-scm (scm/transport/oauth2/refresh_test.go)",
    asOf: "2026-11",
  },
  {
    id: "BB-T11",
    behaviour:
      "There is no revocation endpoint; a person revokes in their settings, and the API then answers 401.",
    grade: "third-party",
    source: "https://github.com/coder/coder/issues/15575",
    asOf: "2026-11",
    routes: [
      "GET site /account/settings/app-authorizations",
      "POST site /account/settings/app-authorizations",
    ],
  },
  {
    id: "BB-T12",
    behaviour: "Refresh tokens come without an “offline” scope.",
    grade: "official",
    source: NARRATIVE,
    asOf: "2026-08",
  },
  {
    id: "BB-T13",
    behaviour: "A code is valid for ten minutes.",
    grade: "assumed",
    source: "Not found; the longest that RFC 6749 §4.1.2 recommends.",
    asOf: "2026-11",
  },
  {
    id: "BB-T14",
    behaviour: "A key or secret with -, ., _ or ~ works both as it is and percent-encoded.",
    grade: "third-party",
    source:
      "RFC 6749 §2.3.1: openid-client and oauth4webapi encode, curl and simple-oauth2 do not, and both sign in.",
    asOf: "2026-11",
  },
  {
    id: "BB-E1",
    behaviour: "A wrong key or secret: 400 unauthorized_client, “Invalid OAuth client credentials”.",
    grade: "recorded",
    source: SONARQUBE,
    asOf: "2026-11",
  },
  {
    id: "BB-E2",
    behaviour:
      "No client authentication: unauthorized_client with its own message. The status 400 is assumed.",
    grade: "recorded",
    source: "https://github.com/p2/OAuth2/issues/96",
    asOf: "2026-11",
  },
  {
    id: "BB-E3",
    behaviour: "A missing or unknown grant: 400 invalid_grant, “Unsupported grant type: …”.",
    grade: "recorded",
    source: "https://github.com/plentico/plenti/issues/280",
    asOf: "2026-11",
  },
  {
    id: "BB-E4",
    behaviour:
      "A client without a callback: 400 invalid_request, “No callback uri defined for the OAuth client.”",
    grade: "recorded",
    source: "https://github.com/composer/composer/issues/5335",
    asOf: "2026-11",
  },
  {
    id: "BB-E5",
    behaviour: "A public client's client_credentials: 400 invalid_grant, which recommends a JWT.",
    grade: "recorded",
    source: SONARQUBE,
    asOf: "2026-11",
  },
  {
    id: "BB-E6",
    behaviour:
      "A bad refresh token: “Invalid refresh_token”, as invalid_request in 2017, assumed invalid_grant since 2026.",
    grade: "recorded",
    source: "https://github.com/readthedocs/readthedocs.org/issues/2992",
    asOf: "2017",
  },
  {
    id: "BB-E7",
    behaviour: "An invalid, used or expired code: 400 invalid_grant, “The specified code is not valid.”",
    grade: "third-party",
    source: "One third-party test of 2026; not confirmed.",
    asOf: "2026",
  },
  {
    id: "BB-E8",
    behaviour:
      "A wrong username or password in the password grant of 2017: 400 invalid_request, “Invalid resource owner username/password”.",
    grade: "recorded",
    source:
      "https://github.com/leonhartX/gas-github/issues/93 (the body; the status is that of its siblings)",
    asOf: "2018-10",
  },
)
