import { rows } from "../ledger-row.ts"

const DOCUMENTATION = "confluence.atlassian.com, pages _oauthrequest_token-339050646 and _oauthaccesstoken"
const CODECOV = "https://github.com/codecov/umbrella (libs/shared/tests/unit/torngit/test_bitbucket.py)"

/** OAuth 1.0a as documented, behind the switch `oauth1`; since early 2026 all of it answers 401. */
export const oauth1Rows = rows(
  {
    id: "BB-O1",
    behaviour: "request_token, authenticate and access_token below /api/1.0/oauth, with or without a slash.",
    grade: "official",
    source: DOCUMENTATION,
    asOf: "2013",
    routes: [
      "POST site /api/1.0/oauth/request_token",
      "GET site /api/1.0/oauth/authenticate",
      "POST site /api/1.0/oauth/authenticate",
      "POST site /api/1.0/oauth/access_token",
    ],
  },
  {
    id: "BB-O2",
    behaviour:
      "Parameters travel in header, query or body; a timestamp is valid for five minutes of wall time.",
    grade: "official",
    source: "support.atlassian.com, “Troubleshoot OAuth requests”",
    asOf: "2026-11",
  },
  {
    id: "BB-O3",
    behaviour: "HMAC-SHA1 everywhere, PLAINTEXT at request_token only, no RSA-SHA1; two and three legs.",
    grade: "official",
    source: DOCUMENTATION,
    asOf: "2013",
  },
  {
    id: "BB-O4",
    behaviour: "request_token returns a form with oauth_callback_confirmed=true.",
    grade: "recorded",
    source: CODECOV,
    asOf: "2026-11",
  },
  {
    id: "BB-O5",
    behaviour: "The callback receives a verifier of ten digits and the request token.",
    grade: "official",
    source: DOCUMENTATION,
    asOf: "2013",
  },
  {
    id: "BB-O6",
    behaviour: "access_token returns a form; the token does not expire.",
    grade: "recorded",
    source: CODECOV,
    asOf: "2026-11",
  },
  {
    id: "BB-O7",
    behaviour: "With the callback `oob`, the person types the verifier by hand.",
    grade: "third-party",
    source: "A tutorial; the callback value is not confirmed.",
    asOf: "2026-11",
  },
  {
    id: "BB-O8",
    behaviour: "A signed call of API 2.0 is answered with X-Credential-Type: oauth1.",
    grade: "recorded",
    source: "https://github.com/codecov/umbrella (cassettes of test_bitbucket)",
    asOf: "2026-11",
  },
  {
    id: "BB-O10",
    behaviour:
      "A call signed by the consumer alone, without oauth_token, has two legs and acts for the consumer's owner.",
    grade: "official",
    source: DOCUMENTATION,
    asOf: "2013",
  },
  {
    id: "BB-O9",
    behaviour: "A denial returns to the callback with oauth_problem=permission_denied.",
    grade: "assumed",
    source: "Not found; the OAuth Problem Reporting extension.",
    asOf: "2026-11",
  },
)
