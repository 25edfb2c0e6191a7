import { rows } from "../ledger-row.ts"

const OPENAPI = "https://api.bitbucket.org/swagger.json"
const SONARQUBE = "https://github.com/SonarSource/sonarqube (BitbucketCloudRestClientTest.java)"
const SOURCEGRAPH = "https://github.com/sourcegraph/sourcegraph (internal/extsvc/bitbucketcloud/testdata/vcr)"
const CRAWLER = "The public log of a Crystal shard registry's crawler"
const SUPPORT_LIMITS = "support.atlassian.com, “API request limits”"

/** The rules for every call of the API: scopes, refusals, limits and headers. */
export const apiRows = rows(
  {
    id: "BB-S1",
    behaviour: "Some scopes imply others: project, pullrequest and repository:write imply repository.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
  },
  {
    id: "BB-S2",
    behaviour:
      "repository:admin, repository:delete, project:admin, webhook and email imply nothing. issue, issue:write and wiki no longer exist from 20 August 2026 on, by the emulator's clock.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-11",
  },
  {
    id: "BB-S3",
    behaviour: "account:write implies account, and the scope header lists only the higher one.",
    grade: "recorded",
    source: "https://github.com/codecov/umbrella (cassettes of test_bitbucket)",
    asOf: "2026-11",
  },
  {
    id: "BB-S4",
    behaviour: "/2.0/user requires account; email alone gets 403.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
  },
  {
    id: "BB-S5",
    behaviour: "/2.0/user/emails requires email.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
  },
  {
    id: "BB-S6",
    behaviour:
      "Workspaces of a person require account, repositories require repository, a workspace any token.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
  },
  {
    id: "BB-S7",
    behaviour: "The scope names of Forge and API tokens do not exist for an OAuth client.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
  },
  {
    id: "BB-P1",
    behaviour:
      "In the older contract an expired token gets: “Access token expired. Use your refresh token …”.",
    grade: "recorded",
    source: "https://github.com/lemurheavy/coveralls-public/issues/1541",
    asOf: "2026-11",
  },
  {
    id: "BB-P2",
    behaviour: "401 in 2026: “Token is invalid, expired, or not supported for this endpoint.”",
    grade: "recorded",
    source: "https://github.com/rbansal42/bitbucket-cli/issues/50",
    asOf: "2026-02",
  },
  {
    id: "BB-P3",
    behaviour:
      "Bad Basic credentials: 401 in plain text with WWW-Authenticate; only the first sentence is recorded. App passwords have been bad credentials since 28 July 2026.",
    grade: "recorded",
    source: `${SOURCEGRAPH}; CHANGE-3222 on app passwords`,
    asOf: "2026-11",
  },
  {
    id: "BB-P4",
    behaviour: "No credentials where they are required: the same 401 as for a bad token.",
    grade: "assumed",
    source: "The body was not found.",
    asOf: "2026-11",
  },
  {
    id: "BB-P5",
    behaviour: "A token in the query after May 2026: 401. The body is assumed.",
    grade: "recorded",
    source: "https://github.com/oauth2-proxy/oauth2-proxy/issues/3428",
    asOf: "2026-11",
  },
  {
    id: "BB-P6",
    behaviour: "403 for a missing scope, with the granted and the required scopes.",
    grade: "recorded",
    source: SONARQUBE,
    asOf: "2026-11",
  },
  {
    id: "BB-P7",
    behaviour: "403 for anything else: “Forbidden”.",
    grade: "recorded",
    source: "https://github.com/avivsinai/bitbucket-cli/issues/30",
    asOf: "2026-11",
  },
  {
    id: "BB-P8",
    behaviour: "404 for a path without an API behind it: 243 bytes, with or without a token.",
    grade: "recorded",
    source: SOURCEGRAPH,
    asOf: "2022",
  },
  {
    id: "BB-P9",
    behaviour:
      "404 for a missing resource: JSON with a message; recorded once with just an id, and once as nine bytes of text.",
    grade: "recorded",
    source: "https://github.com/codecov/umbrella (cassettes of test_bitbucket)",
    asOf: "2026-11",
  },
  {
    id: "BB-P10",
    behaviour: "404 for a workspace: “No workspace with identifier 'x'.”",
    grade: "recorded",
    source: SONARQUBE,
    asOf: "2026-11",
  },
  {
    id: "BB-P11",
    behaviour:
      "410 for the listings across workspaces, with CHANGE-2770 and its address twice. The OpenAPI file of 9 September 2026 no longer lists them.",
    grade: "recorded",
    source: CRAWLER,
    asOf: "2026-08",
    routes: [
      "GET api /2.0/workspaces",
      "GET api /2.0/user/permissions/workspaces",
      "GET api /2.0/user/permissions/repositories",
      "GET api /2.0/repositories",
    ],
  },
  {
    id: "BB-P12",
    behaviour: "429: 46 bytes of plain text, without Retry-After.",
    grade: "recorded",
    source: "https://github.com/MitjaBezensek/SharpBucket/issues/108",
    asOf: "2019",
  },
  {
    id: "BB-P13",
    behaviour: "5xx come from the edge as HTML or text; the fault `html` imitates one.",
    grade: "assumed",
    source: "No contract is published.",
    asOf: "2026-11",
  },
  {
    id: "BB-P14",
    behaviour: "/user without the version in front: 403 “Forbidden” with valid credentials.",
    grade: "recorded",
    source: "https://github.com/avivsinai/bitbucket-cli/issues/70",
    asOf: "2026-03",
    routes: ["GET api /user"],
  },
  {
    id: "BB-K1",
    behaviour:
      "An API token is the password of Basic, and an address of its person the username. It is not a bearer token.",
    grade: "official",
    source: "https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/",
    asOf: "2026-11",
  },
  {
    id: "BB-K2",
    behaviour:
      "Each operation names the scopes that an API token needs, such as read:user:bitbucket; writing does not include reading. X-Credential-Type is assumed.",
    grade: "official",
    source: `${OPENAPI} (x-atlassian-oauth2-scopes)`,
    asOf: "2026-08",
  },
  {
    id: "BB-K3",
    behaviour:
      "An access token of a workspace, project or repository is a bearer token with the scopes of OAuth clients. It acts as an app_user whose kind names it.",
    grade: "recorded",
    source:
      "https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/ (official); the kind in a public fixture of 2026",
    asOf: "2026-09",
  },
  {
    id: "BB-N1",
    behaviour:
      "A webhook is a POST of JSON with X-Event-Key, X-Hook-UUID, X-Request-UUID, X-Attempt-Number and the user agent Bitbucket-Webhooks/2.0; Bitbucket waits ten seconds for the answer.",
    grade: "official",
    source: "https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/",
    asOf: "2026-11",
  },
  {
    id: "BB-N2",
    behaviour:
      "X-Hub-Signature is sha256= and the HMAC of the body's bytes in hexadecimal, and is sent only if the webhook has a secret.",
    grade: "official",
    source: `https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/#Secure-webhooks; ${OPENAPI}`,
    asOf: "2026-08",
  },
  {
    id: "BB-H1",
    behaviour:
      "If rate_limit is on: 1,000 calls per rolling hour, resource and client; 60 per hour and address for anonymous callers. Users signed in by OAuth stay at that: scaled limits are for access tokens and Forge.",
    grade: "official",
    source: SUPPORT_LIMITS,
    asOf: "2026-11",
  },
  {
    id: "BB-H2",
    behaviour:
      "An OAuth client sees no X-RateLimit headers; an access token sees -Limit, -Resource and -NearLimit. Their values are assumed.",
    grade: "staff",
    source: "Atlassian community, thread 3218562",
    asOf: "2026-04",
  },
  {
    id: "BB-H3",
    behaviour: "If rate_limit is on, anonymous callers see limit, remaining, and reset in seconds left.",
    grade: "recorded",
    source: CRAWLER,
    asOf: "2026-08",
  },
  {
    id: "BB-H4",
    behaviour: "No Retry-After is sent.",
    grade: "assumed",
    source: "No recording shows one.",
    asOf: "2026-11",
  },
  {
    id: "BB-H5",
    behaviour:
      "/2.0/user carries Cache-Control, Etag, Vary, X-Accepted-OAuth-Scopes, X-OAuth-Scopes and X-Credential-Type. Its tracing headers are left out.",
    grade: "recorded",
    source: SOURCEGRAPH,
    asOf: "2022",
  },
  {
    id: "BB-H6",
    behaviour: "JSON has a space after colon and comma.",
    grade: "recorded",
    source: SOURCEGRAPH,
    asOf: "2022",
  },
  {
    id: "BB-H7",
    behaviour: "The API allows any origin.",
    grade: "official",
    source: "https://developer.atlassian.com/cloud/bitbucket/rest/intro/ (chapter CORS)",
    asOf: "2026-08",
  },
)
