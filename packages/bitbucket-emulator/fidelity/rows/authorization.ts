import { rows } from "../ledger-row.ts"

const NARRATIVE = "https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication"
const SUPPORT = "https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/"
const RFC_6749 = "https://www.rfc-editor.org/rfc/rfc6749.html#section-4.1"

/** The authorization request and the pages that a person sees. */
export const authorizationRows = rows(
  {
    id: "BB-A1",
    behaviour: "A client key has 18 or 32 characters, its secret 32 or 76.",
    grade: "third-party",
    source: "https://github.com/jenkinsci/bitbucket-branch-source-plugin/pull/1215",
    asOf: "2026-11",
  },
  {
    id: "BB-A2",
    behaviour:
      "Only response_type=code is supported. The error name for others is the RFC's; no recording shows the message.",
    grade: "official",
    source: NARRATIVE,
    asOf: "2026-08",
    routes: ["GET site /site/oauth2/authorize"],
  },
  {
    id: "BB-A3",
    behaviour:
      "redirect_uri may be absent, which means the registered callback; otherwise it is that or a path below it.",
    grade: "official",
    source: SUPPORT,
    asOf: "2026-11",
  },
  {
    id: "BB-A4",
    behaviour: "A redirect_uri sent here must be sent again, identical, at the token endpoint.",
    grade: "third-party",
    source: "https://github.com/avivsinai/bitbucket-cli (pkg/oauth/flow.go)",
    asOf: "2026-11",
  },
  {
    id: "BB-A5",
    behaviour: "A loopback callback registered without a port allows any port.",
    grade: "third-party",
    source: "https://github.com/hickford/git-credential-oauth/issues/1",
    asOf: "2026-11",
  },
  {
    id: "BB-A6",
    behaviour:
      "A mismatch ends on an HTML page, “Invalid redirect_uri”, without a redirect. The status 400 is assumed.",
    grade: "recorded",
    source: "https://github.com/rbansal42/bitbucket-cli/issues/50",
    asOf: "2026-02",
  },
  {
    id: "BB-A7",
    behaviour: "The client's tick boxes set the grant, whatever `scope` asks for.",
    grade: "official",
    source: SUPPORT,
    asOf: "2026-11",
  },
  {
    id: "BB-A8",
    behaviour: "An unknown scope returns to the callback with invalid_scope and “Unknown scope: …”.",
    grade: "recorded",
    source: "https://github.com/gitpod-io/gitpod/issues/1623",
    asOf: "2026-11",
  },
  {
    id: "BB-A9",
    behaviour:
      "Requesting fewer scopes than ticked does not narrow the grant, unless scope_parameter=narrow.",
    grade: "assumed",
    source: "Not confirmed anywhere; a switch selects either reading.",
    asOf: "2026-11",
  },
  {
    id: "BB-A10",
    behaviour: "`state` comes back as sent, and stays absent if the request had none.",
    grade: "assumed",
    source: RFC_6749,
    asOf: "2026-11",
  },
  {
    id: "BB-A11",
    behaviour: "A code challenge is tolerated and not verified, unless pkce=enforce.",
    grade: "third-party",
    source: "https://jira.atlassian.com/browse/BCLOUD-23469",
    asOf: "2026-11",
  },
  {
    id: "BB-A12",
    behaviour: "prompt, login_hint and the like are ignored.",
    grade: "assumed",
    source: "No document or client mentions them.",
    asOf: "2026-11",
  },
  {
    id: "BB-A13",
    behaviour:
      "Approval returns to the callback with a code of 18 characters, then the state. The order is assumed.",
    grade: "recorded",
    source: "A recording of the older backend, not identified by name.",
    asOf: "2026-11",
    routes: ["POST site /site/oauth2/authorize"],
  },
  {
    id: "BB-A14",
    behaviour:
      "A denial returns to the callback with access_denied, a description of our own, and the state.",
    grade: "assumed",
    source: RFC_6749,
    asOf: "2026-11",
  },
  {
    id: "BB-A15",
    behaviour:
      "Allow is remembered and the next request skips the screen; so is Deny if remember_deny is on.",
    grade: "official",
    source: "https://community.developer.atlassian.com/t/37870",
    asOf: "2026-11",
  },
  {
    id: "BB-A16",
    behaviour: "A request with only client_id, response_type and state is enough.",
    grade: "third-party",
    source: "https://github.com/atlassian/atlascode",
    asOf: "2026-08",
  },
)
