import { rows } from "../ledger-row.ts"

/** The emulator's own additions and decisions. */
export const emulatorRows = rows(
  {
    id: "EM-1",
    behaviour: "The start page names addresses, clients and people.",
    grade: "own",
    source: "emulator/web/home.ts",
    asOf: "2026-11",
    routes: ["GET site /"],
  },
  {
    id: "EM-2",
    behaviour:
      "Sign-in takes a form with a CSRF token, as Django does; Bitbucket's own is at id.atlassian.com.",
    grade: "assumed",
    source: "The names of the login fields are not known.",
    asOf: "2026-11",
    routes: ["GET site /account/signin", "POST site /account/signin"],
  },
  {
    id: "EM-3",
    behaviour: "Signing out ends the session on the server.",
    grade: "own",
    source: "emulator/web/sign-in.ts",
    asOf: "2026-11",
    routes: ["POST site /account/signout"],
  },
  {
    id: "EM-4",
    behaviour: "The token endpoint accepts client_id and client_secret in the form too.",
    grade: "third-party",
    source: "Every client built on https://github.com/jaredhanson/passport-oauth2 sends them.",
    asOf: "2026-11",
  },
  {
    id: "EM-5",
    behaviour: "Every seeded person and client is synthetic; the sign-in page shows the passwords.",
    grade: "own",
    source: "emulator/seed/default.yaml",
    asOf: "2026-11",
  },
  {
    id: "EM-6",
    behaviour:
      "/1.0/user nests the profile under `user`; without OAuth 1.0a it answers 410, or 401 if signed.",
    grade: "recorded",
    source: "https://github.com/YahnisElsts/plugin-update-checker/issues/292",
    asOf: "2026-11",
    routes: ["GET api /1.0/user"],
  },
  {
    id: "EM-7",
    behaviour: "A trailing slash changes nothing, on either host.",
    grade: "third-party",
    source: "https://github.com/jaredhanson/passport-bitbucket asks for /2.0/user/.",
    asOf: "2026-11",
  },
  {
    id: "EM-8",
    behaviour:
      "The pages of people, workspaces and repositories name their owner; private ones only for members.",
    grade: "own",
    source: "emulator/web/overview.ts",
    asOf: "2026-11",
    routes: ["GET site /:owner", "GET site /:owner/:repository", "GET site /:owner/workspace/projects/:key"],
  },
  {
    id: "EM-9",
    behaviour:
      "A Data Center issues tokens for authorization_code and refresh_token only, and nothing answers on the API's origin.",
    grade: "assumed",
    source: "The grants are BB-D1's; no recording shows unsupported_grant_type there.",
    asOf: "2026-11",
  },
  {
    id: "EM-10",
    behaviour:
      "The scenario token_endpoint_401 answers a refresh with a bare 401 while the grant is valid; the real body is not known.",
    grade: "third-party",
    source: "https://github.com/atlassian/atlascode/issues/1827",
    asOf: "2026-11",
  },
  {
    id: "EM-11",
    behaviour:
      "Webhooks are sent on command, to loopback addresses only; the emulator follows no redirect and passes on nothing but the receiver's status.",
    grade: "own",
    source: "POST /_control/webhooks",
    asOf: "2026-11",
  },
)
