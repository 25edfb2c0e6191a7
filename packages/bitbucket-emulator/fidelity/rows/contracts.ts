import { rows } from "../ledger-row.ts"

const CHANGE_3052 =
  "https://community.developer.atlassian.com/t/oauth-2-0-and-api-authentication-changes-for-bitbucket-cloud/99003"

/** The differences between the contract of 4 May 2026 and the older one. */
export const contractRows = rows(
  {
    id: "BB-C1",
    behaviour: "The token response names the granted scopes `scope`; before May 2026, `scopes`.",
    grade: "official",
    source: CHANGE_3052,
    asOf: "2026-05",
  },
  {
    id: "BB-C2",
    behaviour:
      "A refresh issues a new refresh token; an unused one expires after three months. Before: the same one forever.",
    grade: "official",
    source: CHANGE_3052,
    asOf: "2026-05",
  },
  {
    id: "BB-C3",
    behaviour: "A used refresh token works for ten more minutes after its first use.",
    grade: "staff",
    source: "https://github.com/git-ecosystem/git-credential-manager/pull/2433",
    asOf: "2026-08",
  },
  {
    id: "BB-C4",
    behaviour: "Tokens have 2,000 to 2,600 opaque characters; before, 18.",
    grade: "staff",
    source: "https://github.com/git-ecosystem/git-credential-manager/pull/2429",
    asOf: "2026-08",
  },
  {
    id: "BB-C5",
    behaviour:
      "A bearer token travels in the Authorization header only; before, also in the query or a form.",
    grade: "official",
    source: CHANGE_3052,
    asOf: "2026-05",
  },
  {
    id: "BB-C6",
    behaviour: "Tokens work on the API host only; before, also below /api on the site.",
    grade: "official",
    source: CHANGE_3052,
    asOf: "2026-05",
  },
  {
    id: "BB-C7",
    behaviour: "Bitbucket refuses the implicit and the password grant; before, it supported them.",
    grade: "official",
    source: CHANGE_3052,
    asOf: "2026-05",
  },
  {
    id: "BB-C8",
    behaviour:
      "client_credentials acts as an app_user without a refresh token; before, as the client's owner with one.",
    grade: "official",
    source: `${CHANGE_3052} (the narrative of the OpenAPI file still says the owner)`,
    asOf: "2026-05",
  },
  {
    id: "BB-C9",
    behaviour:
      "With client_credentials, a client of a personal workspace reaches only that workspace. Sign-in has no such limit.",
    grade: "official",
    source: CHANGE_3052,
    asOf: "2026-05",
  },
)
