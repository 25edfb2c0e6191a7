import { rows } from "../ledger-row.ts"

const OPENAPI = "https://api.bitbucket.org/swagger.json"
const GITCLEAR = "https://github.com/gitclear/omniauth-bitbucket (spec/fixtures)"
const SOURCEGRAPH = "https://github.com/sourcegraph/sourcegraph (internal/extsvc/bitbucketcloud/testdata/vcr)"
const CHANGE_3022 = "https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-3022"

/** The resources: a person, their addresses, their workspaces and repositories. */
export const resourceRows = rows(
  {
    id: "BB-U1",
    behaviour: "uuid has braces around it, is percent-encoded in links, and never changes.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
  },
  {
    id: "BB-U2",
    behaviour: "account_id has the form digits:uuid, and may be missing.",
    grade: "recorded",
    source: GITCLEAR,
    asOf: "2025-11",
  },
  {
    id: "BB-U3",
    behaviour: "username is still in /2.0/user of the caller, and in no reference to another person.",
    grade: "recorded",
    source: GITCLEAR,
    asOf: "2025-11",
  },
  {
    id: "BB-U4",
    behaviour: "nickname is free text and may contain spaces.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
  },
  {
    id: "BB-U5",
    behaviour: "An erased person reads “Former user” in name and nickname.",
    grade: "recorded",
    source: "https://github.com/jenkinsci/bitbucket-branch-source-plugin (payloads of its tests)",
    asOf: "2026-11",
  },
  {
    id: "BB-U6",
    behaviour: "has_2fa_enabled is null.",
    grade: "recorded",
    source: GITCLEAR,
    asOf: "2025-11",
  },
  {
    id: "BB-U7",
    behaviour: "account_status is `active`.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
  },
  {
    id: "BB-U8",
    behaviour: "location is text or null; website exists in the older contract only.",
    grade: "recorded",
    source: "https://github.com/drone/go-scm (scm/driver/bitbucket/testdata/user.json)",
    asOf: "2018",
  },
  {
    id: "BB-U9",
    behaviour: "created_on is ISO 8601 with microseconds and +00:00.",
    grade: "recorded",
    source: GITCLEAR,
    asOf: "2025-11",
  },
  {
    id: "BB-U10",
    behaviour: "type is `user`, or `app_user` for a client by itself.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
  },
  {
    id: "BB-U11",
    behaviour:
      "The avatar link points to this machine; Bitbucket's points to other hosts, which do not work offline.",
    grade: "recorded",
    source: GITCLEAR,
    asOf: "2025-11",
    routes: [
      "GET site /account/avatars/:uuid/:size{[0-9]+}",
      "GET site /ravatar/:uuid",
      "GET site /:workspace/workspace/projects/:key/avatar/:size{[0-9]+}",
      "GET site /workspaces/avatars/:slug/:size{[0-9]+}",
    ],
  },
  {
    id: "BB-U12",
    behaviour: "Links begin with the API's host, or with /!api on the site for calls that arrived there.",
    grade: "recorded",
    source: GITCLEAR,
    asOf: "2025-11",
  },
  {
    id: "BB-U13",
    behaviour: "/2.0/user has twelve keys and six links, in the recorded order.",
    grade: "recorded",
    source: `${GITCLEAR}; ${SOURCEGRAPH}`,
    asOf: "2025-11",
    routes: ["GET api /2.0/user"],
  },
  {
    id: "BB-U14",
    behaviour:
      "/2.0/users/{uuid}, or an account id, shows any person without their username; a username is not found. An app_user is found too.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
    routes: [
      "GET api /2.0/users/:user",
      "GET api /2.0/users/:user/followers",
      "GET api /2.0/users/:user/following",
    ],
  },
  {
    id: "BB-M1",
    behaviour: "/2.0/user/emails has the recorded shape and key order.",
    grade: "recorded",
    source: GITCLEAR,
    asOf: "2025-11",
    routes: ["GET api /2.0/user/emails"],
  },
  {
    id: "BB-M2",
    behaviour: "The OpenAPI file has no schema for the response of /2.0/user/emails.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
    untested: "About the file, not about the server.",
  },
  {
    id: "BB-M3",
    behaviour: "Unconfirmed addresses are listed too, and the primary one is not always first.",
    grade: "recorded",
    source: "https://github.com/SonarSource/sonarqube (GsonEmailsTest.java)",
    asOf: "2026-11",
  },
  {
    id: "BB-M4",
    behaviour: "Each address has its own URL.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
    routes: ["GET api /2.0/user/emails/:email"],
  },
  {
    id: "BB-M5",
    behaviour: "Only a primary, confirmed address counts as a person's.",
    grade: "own",
    source: "A rule for applications; the emulator seeds people who break it.",
    asOf: "2026-11",
    untested: "Not a behaviour of the server.",
  },
  {
    id: "BB-W1",
    behaviour: "/2.0/user/workspaces lists workspace_access without names.",
    grade: "official",
    source: CHANGE_3022,
    asOf: "2026-01",
    routes: ["GET api /2.0/user/workspaces"],
  },
  {
    id: "BB-W2",
    behaviour: "A membership says owner, create-project or member.",
    grade: "official",
    source: CHANGE_3022,
    asOf: "2026-01",
    routes: ["GET api /2.0/user/workspaces/:workspace/permission"],
  },
  {
    id: "BB-W3",
    behaviour: "A person's permissions in a workspace are a page of repository_permission.",
    grade: "official",
    source: CHANGE_3022,
    asOf: "2026-01",
    routes: ["GET api /2.0/user/workspaces/:workspace/permissions/repositories"],
  },
  {
    id: "BB-W4",
    behaviour:
      "Repositories of a workspace are listed with role, q, sort and fields; `next` is absent on the last page.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
    routes: ["GET api /2.0/repositories/:workspace", "GET api /2.0/repositories/:workspace/:repository"],
  },
  {
    id: "BB-W5",
    behaviour:
      "q takes =, !=, ~, !~, >, >=, <, <=, IN, NOT IN, AND, OR and parentheses over any dotted path of the response; 400 for an unknown field. sort takes the same paths.",
    grade: "official",
    source: "https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering",
    asOf: "2026-08",
  },
  {
    id: "BB-W6",
    behaviour:
      "A repository has 24 keys and thirteen links, in the recorded order; the owner of one in a shared workspace is a team, and the https address for cloning contains the caller's name.",
    grade: "recorded",
    source: "https://github.com/woodpecker-ci/woodpecker (server/forge/bitbucket/fixtures/handler.go)",
    asOf: "2025",
  },
  {
    id: "BB-W7",
    behaviour:
      "A workspace has is_privacy_enforced, forking_mode and is_personal, and its slug matches in any case. updated_on and the links to members, owners and projects follow the OpenAPI file.",
    grade: "recorded",
    source: `A capture of /2.0/workspaces/zzzeek without credentials, in a public test; ${OPENAPI}`,
    asOf: "2026-09",
    routes: ["GET api /2.0/workspaces/:workspace"],
  },
  {
    id: "BB-W8",
    behaviour:
      "Projects of a workspace, with twelve keys; every workspace has one, “Untitled project” by default.",
    grade: "recorded",
    source: "The models of several public clients, generated from responses, agree on keys and order",
    asOf: "2026-11",
    routes: [
      "GET api /2.0/workspaces/:workspace/projects",
      "GET api /2.0/workspaces/:workspace/projects/:project",
    ],
  },
  {
    id: "BB-W9",
    behaviour:
      "Members of a workspace, with their permission; an administrator may also ask for user.email. For members only, assumed.",
    grade: "official",
    source: OPENAPI,
    asOf: "2026-08",
    routes: [
      "GET api /2.0/workspaces/:workspace/members",
      "GET api /2.0/workspaces/:workspace/members/:member",
      "GET api /2.0/workspaces/:workspace/permissions",
    ],
  },
  {
    id: "BB-W10",
    behaviour:
      "The links of a repository or workspace lead to empty lists: the emulated ones have no contents. Only administrators see webhooks.",
    grade: "assumed",
    source: `The scopes and who may see webhooks: ${OPENAPI}. An empty repository's own answers were not recorded.`,
    asOf: "2026-11",
    routes: [
      "GET api /2.0/repositories/:workspace/:repository/commits",
      "GET api /2.0/repositories/:workspace/:repository/downloads",
      "GET api /2.0/repositories/:workspace/:repository/forks",
      "GET api /2.0/repositories/:workspace/:repository/hooks",
      "GET api /2.0/repositories/:workspace/:repository/pullrequests",
      "GET api /2.0/repositories/:workspace/:repository/refs/branches",
      "GET api /2.0/repositories/:workspace/:repository/refs/tags",
      "GET api /2.0/repositories/:workspace/:repository/src",
      "GET api /2.0/repositories/:workspace/:repository/watchers",
      "GET api /2.0/snippets/:workspace",
      "GET api /2.0/workspaces/:workspace/hooks",
    ],
  },
  {
    id: "BB-W11",
    behaviour:
      "Public repositories, workspaces, projects and people are visible without credentials. Everything else is then 404.",
    grade: "recorded",
    source:
      "Captures of /2.0/workspaces/zzzeek and /2.0/repositories/zzzeek without credentials, in a public test",
    asOf: "2026-09",
  },
)
