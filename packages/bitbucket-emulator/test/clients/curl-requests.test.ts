import { execFile } from "node:child_process"
import { createHmac } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { promisify } from "node:util"
import { OAuth } from "oauth"
import { afterAll, describe, expect, test } from "vitest"
import { startEmulator } from "../../index.ts"
import { loadSeed } from "../../seed.ts"
import { readBody, type UserBody } from "../api-bodies.ts"
import { callApi, demoClient, obtainTokens, requestToken } from "../oauth-client.ts"

/**
 * What real programs send, request by request, from curl. `npm run requests -w bitbucket-emulator` prints each command with its
 * status.
 */
interface Sent {
  /** The program, or what is special about the request. */
  readonly from: string
  readonly curl: readonly string[]
  readonly status: number
  readonly type: RegExp
  /** Members of the JSON, or a pattern for the text. */
  readonly body: object | RegExp
  readonly config?: Config
}

type Config = Parameters<typeof control.changeConfig>[0]

const seed = loadSeed("default")
const secret = "secret-of-a-client-of-this-file"
const anotherClient = { secret, name: "Another", callback_url: "http://localhost:3000" }
const reader = { key: "emulatorReaderKey1", secret: "emulatorReaderSecret123456789012" }
const personal = { key: "personal", secret }
const emulator = await startEmulator({
  port: 0,
  seed: {
    ...seed,
    clients: [
      ...seed.clients,
      { ...anotherClient, key: "my-app_1.0~x", scopes: ["account"], workspace: "demo" },
      {
        ...anotherClient,
        key: "issues",
        scopes: ["account", "issue", "issue:write", "wiki"],
        workspace: "demo",
      },
      { ...anotherClient, key: "personal", scopes: ["account", "repository"], workspace: "demo" },
    ],
  },
})
afterAll(() => emulator.close())
const { siteUrl: SITE, apiUrl: API, control } = emulator
await control.setClock(new Date("2026-11-30T12:00:00Z"))

const { accessToken } = await obtainTokens(emulator, { client: reader })
const { uuid } = await readBody<UserBody>(await callApi(emulator, "/2.0/user", accessToken))
const person = encodeURIComponent(uuid)

const JSON_TYPE = /^application\/json; charset=utf-8$/
const bearer = (token = accessToken) => ["-H", `Authorization: Bearer ${token}`]
const apiToken = ["-u", "demo@example.com:emulatorApiTokenOfDemo"]

function get(from: string, path: string, body: Sent["body"], credentials = bearer()): Sent {
  return { from, curl: [...credentials, `${API}${path}`], status: 200, type: JSON_TYPE, body }
}

function refused(
  from: string,
  path: string,
  [status, message]: readonly [number, unknown],
  credentials = bearer(),
): Sent {
  return { ...get(from, path, { type: "error", error: { message } }, credentials), status }
}

/** `q` on a listing: the number of items that it finds, or the message of the refusal. */
function filtered(from: string, path: string, q: string, expected: number | string): Sent {
  const options = ["-G", ...bearer(), "--data-urlencode", `q=${q}`]
  return typeof expected === "number"
    ? get(from, `/2.0/${path}`, { size: expected }, options)
    : refused(from, `/2.0/${path}`, [400, expected], options)
}

const REPOSITORIES = "repositories/emulated-works"
const PERMISSIONS = "user/workspaces/emulated-works/permissions/repositories"
const MEMBERS = "workspaces/emulated-works/permissions"

const REPOSITORY_KEYS =
  "type full_name links name slug description scm website owner workspace is_private project fork_policy created_on " +
  "updated_on size language uuid mainbranch override_settings parent enforced_signed_commits has_issues has_wiki"

/** Each of the keys after the one before it. */
const RECORDED_ORDER = new RegExp(
  `^\\{${REPOSITORY_KEYS.split(" ")
    .map((key) => `"${key}": `)
    .join(".*, ")}`,
)

const queries: Sent[] = [
  filtered("Woodpecker", PERMISSIONS, 'repository.full_name="emulated-works/repository-007"', 1),
  filtered("Woodpecker", MEMBERS, `permission="owner" AND user.uuid="${uuid}"`, 1),
  filtered(
    "oauth2-proxy",
    `${REPOSITORIES}?role=contributor`,
    'full_name="emulated-works/repository-007"',
    1,
  ),
  filtered("Codecov", PERMISSIONS, 'repository.name="Repository 007"', 1),
  filtered("Sourcebot", REPOSITORIES, 'project.key="OPEN"', 68),
  filtered("Jenkins", `${REPOSITORIES}?role=member&pagelen=50`, 'project.key="WORKS"', 69),
  filtered("SonarQube", `${REPOSITORIES}?page=1&pagelen=100`, 'name~"Repository 01"', 10),
  filtered("DevLake", REPOSITORIES, "updated_on > 2015-01-01T00:00:00+00:00", 137),
  filtered("a command-line tool", PERMISSIONS, 'permission>"read"', 137),
  filtered("a merge bot", PERMISSIONS, 'repository.slug="repository-007" AND permission = "admin"', 1),

  filtered("OR", REPOSITORIES, 'slug="repository-001" OR slug="repository-002"', 2),
  filtered("AND before OR", REPOSITORIES, 'slug="repository-001" OR slug="repository-002" AND slug="x"', 1),
  filtered("parentheses", REPOSITORIES, '(slug="repository-001" OR slug="repository-002") AND slug="x"', 0),
  filtered(
    "nested parentheses",
    REPOSITORIES,
    '((slug="repository-001" OR (slug="repository-002" AND (is_private=true OR is_private=false))))',
    2,
  ),
  filtered("!=", REPOSITORIES, 'slug != "repository-001"', 136),
  filtered("!~", REPOSITORIES, 'name !~ "repository 0"', 38),
  filtered("IN", REPOSITORIES, 'slug IN ("repository-001", "repository-002", "x")', 2),
  filtered("NOT IN", REPOSITORIES, 'slug NOT IN ("repository-001", "repository-002")', 135),
  filtered("numbers", REPOSITORIES, "size >= 0 AND size < 1 AND size <= 0 AND size > -1", 137),
  filtered("null", REPOSITORIES, "parent = null AND language != null", 137),
  filtered("true and false", REPOSITORIES, "is_private = true AND has_issues = FALSE", 92),
  filtered("a date", REPOSITORIES, "created_on >= 2022-01-08 AND created_on < 2022-01-10", 2),
  filtered("a time without a zone", REPOSITORIES, "created_on <= 2022-01-08T00:00:00", 8),
  filtered("a time of another zone", REPOSITORIES, "created_on < 2022-01-08T01:00:00+02:00", 7),
  filtered("a time of zone Z", REPOSITORIES, "created_on = 2022-01-08T00:00:00.000000Z", 1),
  filtered("a time in quotes", REPOSITORIES, 'created_on > "2022-05-16T00:00:00+00:00"', 1),
  filtered("quotes inside quotes", REPOSITORIES, String.raw`name = "\"Repository\" \\ 001"`, 0),
  filtered("keywords inside quotes", REPOSITORIES, 'description = "x AND (y OR z)"', 0),
  filtered("four levels", REPOSITORIES, 'project.links.self.href ~ "/projects/OPEN"', 68),
  filtered("through a list", REPOSITORIES, 'links.clone.name = "ssh"', 137),
  filtered("projects", "workspaces/emulated-works/projects", 'key="WORKS" OR name ~ "open"', 2),
  filtered("members", "workspaces/emulated-works/members", 'user.nickname="zoë"', 1),
  filtered("workspaces", "user/workspaces", 'workspace.slug="emulated-works" AND administrator=true', 1),
  filtered("email addresses", "user/emails", "is_primary=true", 1),
  filtered("an unknown field", REPOSITORIES, 'colour = "x"', "Repository has no field named 'colour'"),
  filtered("an unknown path", REPOSITORIES, 'project.x = "y"', "Repository has no field named 'project.x'"),
  filtered("an inherited name", REPOSITORIES, "__proto__=null", "Repository has no field named '__proto__'"),
  filtered("half a query", REPOSITORIES, 'name = "x" AND', 'Invalid query: name = "x" AND'),
  get("Go's %q", `/2.0/${PERMISSIONS}?q=repository.full_name="emulated-works/repository-007"`, {
    values: [{ permission: "admin", repository: { full_name: "emulated-works/repository-007" } }],
  }),
  get("sort by a path", `/2.0/${REPOSITORIES}?sort=-project.key&pagelen=1&fields=values.project.key`, {
    values: [{ project: { key: "WORKS" } }],
  }),
  refused("sort by two fields", `/2.0/${REPOSITORIES}?sort=name,slug`, [
    400,
    "Repository has no field named 'name,slug'",
  ]),
  get("the longest page", `/2.0/${REPOSITORIES}?pagelen=100&fields=pagelen,size,next`, {
    pagelen: 100,
    size: 137,
    next: expect.stringMatching(/[?&]page=2$/),
  }),
  refused("a longer page", `/2.0/${REPOSITORIES}?pagelen=101`, [400, "Invalid pagelen"]),
  refused("after the last page", `/2.0/${REPOSITORIES}?pagelen=100&page=3`, [400, "Invalid page"]),
]

const gone = [410, "CHANGE-2770 - Functionality has been deprecated"] as const

const resources: Sent[] = [
  get("Jenkins", `/2.0/${REPOSITORIES}/repository-001/?fields=mainbranch.name`, {
    mainbranch: { name: "main" },
  }),
  get("go-scm", `/2.0/${REPOSITORIES}/repository-001`, {
    owner: { type: "team", username: "emulated-works" },
    project: { type: "project", key: "WORKS" },
    website: null,
    override_settings: { default_merge_strategy: true, branching_model: true },
    enforced_signed_commits: null,
    has_issues: false,
    has_wiki: false,
    links: {
      clone: [
        { name: "https", href: `${SITE.replace("//", "//demo@")}/emulated-works/repository-001.git` },
        { name: "ssh", href: "git@bitbucket.org:emulated-works/repository-001.git" },
      ],
    },
  }),
  get("its keys, in the recorded order", `/2.0/${REPOSITORIES}/repository-001`, RECORDED_ORDER),
  get("Codecov", "/2.0/workspaces/emulated-works", {
    updated_on: expect.stringMatching(/^\d{4}-.*\+00:00$/),
    is_privacy_enforced: false,
    forking_mode: "allow_forks",
    links: { owners: { href: `${API}/2.0/workspaces/emulated-works/members?q=permission%3D%22owner%22` } },
  }),
  get("Codecov", `/2.0/users/${person}`, { type: "user", uuid, display_name: "Demo Person" }),
  get("Renovate", "/2.0/user", { username: "demo", uuid }),
  get("Woodpecker", "/2.0/user/", { username: "demo" }),
  get("Dex", "/2.0/user/emails", { values: [{ email: "demo@example.com", is_confirmed: true }] }),
  get("Woodpecker", "/2.0/user/workspaces?page=1&pagelen=100&sort=slug", {
    values: [{ workspace: { slug: "demo" } }, { workspace: { slug: "emulated-works" } }],
  }),
  refused("Woodpecker before 2026", "/2.0/workspaces/?role=member", gone),
  refused("Codecov before 2026", "/2.0/user/permissions/repositories", gone),
  refused("go-scm before 2026", "/2.0/repositories?role=member", gone),
  get("a project picker", "/2.0/workspaces/emulated-works/projects", {
    values: [{ key: "WORKS" }, { key: "OPEN" }],
  }),
  get("Jenkins", "/2.0/workspaces/emulated-works/projects/WORKS", { type: "project", name: "Works" }),
  get("an admission rule", "/2.0/workspaces/emulated-works/members?pagelen=100", { size: 5 }),
  get("an admission rule", `/2.0/workspaces/emulated-works/members/${person}`, { user: { uuid } }),
  get("an admission rule", `/2.0/${MEMBERS}?pagelen=100`, { size: 5 }),
  get("an admission rule", "/2.0/user/workspaces/emulated-works/permission", { permission: "owner" }),
  get("public without credentials", "/2.0/repositories/northern-lights/aurora", { slug: "aurora" }, []),
  get("public without credentials", "/2.0/repositories/northern-lights", { size: 1 }, []),
  refused(
    "private without credentials",
    "/2.0/repositories/demo/dotfiles",
    [404, expect.stringMatching(/^You may not have access to this repository/)],
    [],
  ),
  refused("a stranger", "/2.0/users/%7Bstranger%7D", [404, "{stranger}"]),
  refused("without the version", "/user", [403, "Forbidden"]),
  refused("removed long ago", "/2.0/teams", [404, "Resource not found"]),
  ..."pullrequests commits forks watchers refs/branches refs/tags downloads src hooks"
    .split(" ")
    .map((path) => get("a link", `/2.0/${REPOSITORIES}/repository-001/${path}`, { values: [] })),
  ...["hooks", "members", "projects"].map((path) =>
    get("a link", `/2.0/workspaces/emulated-works/${path}`, { page: 1 }),
  ),
  ...[`workspaces/${person}/hooks`, `repositories/${person}`, `snippets/${person}`].map((path) =>
    get("a link", `/2.0/${path}`, { page: 1 }),
  ),
]

const invalidToken = [401, "Token is invalid, expired, or not supported for this endpoint."] as const
const tooFewScopes = [403, "Your credentials lack one or more required privilege scopes."] as const

const credentials: Sent[] = [
  get("an API token", "/2.0/user", { username: "demo" }, apiToken),
  get("an API token", `/2.0/${REPOSITORIES}?role=member`, { size: 137 }, apiToken),
  refused("an API token", `/2.0/${REPOSITORIES}`, tooFewScopes, [
    "-u",
    "demo@example.com:emulatorApiTokenUserOnly",
  ]),
  ...[
    "demo:emulatorApiTokenOfDemo",
    "demo:demo",
    "demo@example.com:demo",
    "demo@example.com:emulatorApiTokenExpired",
    "x-token-auth:emulatorWorkspaceAccessToken",
    ":",
  ].map(
    (pair): Sent => ({
      ...get("bad Basic", "/2.0/user", /^Login failed due to incorrect login credentials or method\./, [
        "-u",
        pair,
      ]),
      status: 401,
      type: /^text\/plain/,
    }),
  ),
  get("a workspace's token", `/2.0/${REPOSITORIES}`, { size: 137 }, bearer("emulatorWorkspaceAccessToken")),
  get("a workspace's token", "/2.0/user", { type: "app_user" }, bearer("emulatorWorkspaceAccessToken")),
  refused("a workspace's token", "/user", [403, "Forbidden"], bearer("emulatorWorkspaceAccessToken")),
  get(
    "a project's token",
    "/2.0/repositories/northern-lights?role=member",
    { values: [{ slug: "polar-night" }] },
    bearer("emulatorProjectAccessToken"),
  ),
  get(
    "a repository's token",
    "/2.0/repositories/northern-lights/aurora",
    { slug: "aurora" },
    bearer("emulatorRepositoryAccessToken"),
  ),
  refused("a repository's token", "/2.0/user", tooFewScopes, bearer("emulatorRepositoryAccessToken")),
  refused("no such token", "/2.0/user", invalidToken, bearer("never-issued")),
  refused("a token in the address", `/2.0/user?access_token=${accessToken}`, invalidToken, []),
  {
    ...get(
      "a token in the address, in 2017",
      `/2.0/user?access_token=${accessToken}`,
      { username: "demo" },
      [],
    ),
    config: { contract: "2017" },
  },
  get(
    "a personal client, signed in",
    `/2.0/${REPOSITORIES}`,
    { size: 137 },
    bearer(await signedInToken(personal)),
  ),
  get(
    "a personal client, by itself",
    "/2.0/repositories/demo",
    { size: 3 },
    bearer(await ownToken(personal)),
  ),
  refused(
    "a personal client, by itself (BB-C9)",
    "/2.0/workspaces/emulated-works",
    [404, "No workspace with identifier 'emulated-works'."],
    bearer(await ownToken(personal)),
  ),
]

function token(from: string, client: readonly string[], fields: string, body: object, config?: Config): Sent {
  const data = fields.split(" ").flatMap((field) => ["-d", field])
  const curl = [...client, ...data, `${SITE}/site/oauth2/access_token`]
  const status = "error" in body ? 400 : 200
  return { from, curl, status, type: JSON_TYPE, body, ...(config && { config }) }
}

const demo = ["-u", `${demoClient.key}:${demoClient.secret}`]
const byItself = "grant_type=client_credentials"
const password = "grant_type=password username=demo password="
const asOf2017 = { contract: "2017" } as const

const tokens: Sent[] = [
  token("Go x/oauth2", demo, byItself, {
    token_type: "bearer",
    expires_in: 7200,
    state: "client_credentials",
  }),
  token("a client key as it is", ["-u", `my-app_1.0~x:${secret}`], byItself, { scope: "account" }),
  token(
    "a client key as strict clients encode it",
    ["-u", `my%2Dapp%5F1%2E0%7Ex:${secret.replaceAll("-", "%2D")}`],
    byItself,
    { scope: "account" },
  ),
  token("scopes of issues and wikis", ["-u", `issues:${secret}`], byItself, { scope: "account" }),
  token("a wrong client secret", ["-u", `${demoClient.key}:wrong`], byItself, {
    error: "unauthorized_client",
    error_description: "Invalid OAuth client credentials",
  }),
  token("no client", [], byItself, {
    error: "unauthorized_client",
    error_description: "Requests must be authenticated using OAuth client credentials",
  }),
  token("no grant", demo, "", { error: "invalid_grant", error_description: "Unsupported grant type: None" }),
  token("a wrong code", demo, "grant_type=authorization_code code=wrong", { error: "invalid_grant" }),
  token("a wrong refresh token", demo, "grant_type=refresh_token refresh_token=wrong", {
    error: "invalid_grant",
  }),
  token("a password", demo, `${password}demo`, {
    error: "invalid_grant",
    error_description: "Unsupported grant type: password",
  }),
  token("a password, in 2017", demo, `${password}demo`, { scopes: "account email" }, asOf2017),
  token(
    "a wrong password, in 2017",
    demo,
    `${password}wrong`,
    { error: "invalid_request", error_description: "Invalid resource owner username/password" },
    asOf2017,
  ),
]

const broken = (type: string, body: string, path: string, options: readonly string[] = []): Sent => ({
  from: `a broken body of ${type}`,
  curl: ["-H", `Content-Type: ${type}`, "--data-binary", body, ...options, `${SITE}${path}`],
  status: 400,
  type: /^application\/json/,
  body: {},
})
const toControl = ["-H", "X-Emulator-Control: 1"]

const brokenBodies: Sent[] = [
  broken("multipart/form-data; boundary=x", "garbage", "/site/oauth2/access_token", demo),
  broken("application/json", "{", "/site/oauth2/access_token", demo),
  broken("application/x-www-form-urlencoded", "grant_type=%", "/site/oauth2/access_token", demo),
  broken("multipart/form-data; boundary=x", "garbage", "/_control/reset", toControl),
  broken("application/json", "{", "/_control/webhooks", toControl),
  broken("application/json", '{"kind": "no such kind"}', "/_control/faults", toControl),
]

const signature = new OAuth("", "", demoClient.key, demoClient.secret, "1.0", null, "HMAC-SHA1").authHeader(
  `${API}/2.0/user`,
  "",
  "",
  "GET",
)
const signed = get("OAuth 1.0a, two legs (BB-O10)", "/2.0/user", { username: "demo" }, [
  "-H",
  `Authorization: ${signature}`,
])

const signatures: Sent[] = [
  { ...signed, config: { oauth1: "on" } },
  { ...signed, body: { type: "error" }, status: 401, config: { oauth1: "gone" } },
  {
    ...signed,
    from: "a wrong signature",
    curl: signed.curl.map((option) => option.replace(/oauth_signature="[^"]*"/, 'oauth_signature="wrong"')),
    body: { type: "error" },
    status: 401,
    config: { oauth1: "on" },
  },
]

async function signedInToken(client: typeof personal): Promise<string> {
  return (await obtainTokens(emulator, { client })).accessToken
}

async function ownToken(client: typeof personal): Promise<string> {
  return String(
    (await requestToken(emulator, { grant_type: "client_credentials" }, client)).body.access_token,
  )
}

const run = promisify(execFile)

async function curl(options: readonly string[]) {
  const format = "\n%{http_code} %{content_type}"
  const { stdout } = await run("curl", ["-sS", "-g", "--max-time", "30", "-w", format, ...options])
  const [, text = "", status = "", type = ""] = /^(.*)\n(\d+) ([^\n]*)$/s.exec(stdout) ?? []
  return { text, status: Number(status), type }
}

/** The command as a person would type it, with `$SITE`, `$API` and `$TOKEN` for what differs from run to run. */
function shown(options: readonly string[]): string {
  const quoted = options.map((option) => (/^[\w./:@=-]+$/.test(option) ? option : `'${option}'`))
  return ["curl", ...quoted]
    .join(" ")
    .replaceAll(SITE, "$SITE")
    .replaceAll(API, "$API")
    .replaceAll(uuid, "$UUID")
    .replaceAll(person, "$UUID")
    .replaceAll(/[\w-]{500,}={0,2}/g, "$TOKEN")
    .replaceAll(/oauth_(nonce|timestamp|signature)="[^"]*"/g, 'oauth_$1="…"')
}

const tables = {
  "q and sort": queries,
  resources,
  credentials,
  "the token endpoint": tokens,
  "broken bodies": brokenBodies,
  signatures,
}

for (const [subject, table] of Object.entries(tables)) {
  describe(subject, () => {
    for (const { from, curl: options, status, type, body, config } of table) {
      test(`${status} ${from}: ${shown(options)}`, async () => {
        const before = config && (await control.readConfig())
        if (config) await control.changeConfig(config)
        const answer = await curl(options)
        if (before) await control.changeConfig(before)
        expect([answer.status, answer.type]).toEqual([status, expect.stringMatching(type)])
        if (body instanceof RegExp) expect(answer.text).toMatch(body)
        else expect(JSON.parse(answer.text)).toMatchObject(body)
      })
    }
  })
}

test("60 requests an hour without credentials, and the 61st is 429", async () => {
  await control.changeConfig({ rate_limit: { limit: 1000, window_seconds: 3600, anonymous_limit: 60 } })
  const address = `${API}/2.0/repositories/northern-lights/aurora`
  const { stdout } = await run("curl", [
    "-sS",
    "-o",
    "/dev/null",
    "-w",
    "%{http_code} ",
    `${address}?n=[1-60]`,
  ])
  expect(stdout.trim().split(" ")).toEqual(Array(60).fill("200"))
  expect(await curl([address])).toEqual({
    status: 429,
    type: expect.stringMatching(/^text\/plain/),
    text: "Rate limit for this resource has been exceeded",
  })
  await control.changeConfig({ rate_limit: null })
})

test("POST /_control/webhooks sends an event whose signature covers the bytes", async () => {
  const received: { signature: unknown; event: unknown; body: Buffer }[] = []
  const receiver = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    received.push({
      signature: request.headers["x-hub-signature"],
      event: request.headers["x-event-key"],
      body,
    })
    response.writeHead(204).end()
  }).listen(0, "127.0.0.1")
  await once(receiver, "listening")
  const webhook = {
    url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`,
    event: "repo:push",
    secret: "It's a Secret to Everybody",
    repository: "demo/hello-world",
  }
  const send = (body: object) =>
    curl(["-H", "X-Emulator-Control: 1", "-d", JSON.stringify(body), `${SITE}/_control/webhooks`])
  expect(JSON.parse((await send(webhook)).text)).toMatchObject({ status: 204 })
  receiver.close()
  const [delivery] = received
  const hmac = createHmac("sha256", webhook.secret).update(delivery?.body ?? "")
  expect(delivery).toMatchObject({ event: "repo:push", signature: `sha256=${hmac.digest("hex")}` })
  expect(JSON.parse(String(delivery?.body))).toMatchObject({ repository: { full_name: "demo/hello-world" } })
  expect((await send({ ...webhook, url: "http://bitbucket.org/" })).status).toBe(400)
})
