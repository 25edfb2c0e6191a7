import { describe, expect, test } from "vitest"
import { type ErrorBody, readBody } from "./api-bodies.ts"
import { callApi, demoClient, obtainTokens } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()
const client = { key: "emulatorReposKey12", secret: "emulatorReposSecret1234567890123" }

interface Repository {
  readonly slug: string
  readonly name: string
  readonly is_private: boolean
}

interface Page {
  readonly values: readonly Repository[]
  readonly pagelen: number
  readonly size: number
  readonly page: number
  readonly next?: string
  readonly previous?: string
}

async function callAs(path: string, username = "demo"): Promise<Response> {
  const { accessToken } = await obtainTokens(emulator.current, { username, client })
  return callApi(emulator.current, path, accessToken)
}

async function list(query = "", { workspace = "emulated-works", username = "demo" } = {}): Promise<Page> {
  return readBody<Page>(await callAs(`/2.0/repositories/${workspace}?${query}`, username))
}

async function refusalOf(query: string): Promise<[number, string]> {
  const response = await callAs(`/2.0/repositories/emulated-works?${query}`)
  return [response.status, (await readBody<ErrorBody>(response)).error.message]
}

describe("pages (BB-W4)", () => {
  test("137 repositories are 14 pages of ten, each linking to the next, the last one to none", async () => {
    const { accessToken } = await obtainTokens(emulator.current, { client })
    const headers = { Authorization: `Bearer ${accessToken}` }
    const seen: string[] = []
    const pages: Page[] = []
    let address: string | undefined = `${emulator.current.apiUrl}/2.0/repositories/emulated-works`
    while (address !== undefined) {
      const page: Page = await readBody<Page>(await fetch(address, { headers }))
      pages.push(page)
      seen.push(...page.values.map(({ slug }) => slug))
      address = page.next
    }
    expect(pages).toHaveLength(14)
    expect(new Set(seen).size).toBe(137)
    expect(pages.every(({ pagelen, size }) => pagelen === 10 && size === 137)).toBe(true)
    expect(Object.keys(pages[0] ?? {})).toEqual(["values", "pagelen", "size", "page", "next"])
    expect(Object.keys(pages.at(-1) ?? {})).toEqual(["values", "pagelen", "size", "page", "previous"])
  })

  test("next is absolute and repeats the query", async () => {
    const { next, previous } = await list("role=member&pagelen=100&sort=-name")
    expect(previous).toBeUndefined()
    expect(next).toBe(
      `${emulator.current.apiUrl}/2.0/repositories/emulated-works?role=member&pagelen=100&sort=-name&page=2`,
    )
  })

  test.each([
    ["pagelen=2", 2],
    ["pagelen=100", 100],
    ["pagelen=0", 10],
  ])("%s holds %i", async (query, length) => {
    expect((await list(query)).values).toHaveLength(length)
  })

  test.each([
    ["pagelen=101", "Invalid pagelen"],
    ["pagelen=-1", "Invalid pagelen"],
    ["pagelen=ten", "Invalid pagelen"],
    ["page=15", "Invalid page"],
    ["page=0", "Invalid page"],
    ["page=2/", "Invalid page"],
  ])("%s is 400 %s", async (query, message) => {
    expect(await refusalOf(query)).toEqual([400, message])
  })

  test("an empty listing is one empty page", async () => {
    const page = await list("q=slug%3D%22nothing%22")
    expect(page).toEqual({ values: [], pagelen: 10, size: 0, page: 1 })
  })
})

describe("q and sort (BB-W5)", () => {
  test.each([
    ['name = "Repository 007"', 1],
    ['slug="repository-007"', 1],
    ['name ~ "REPOSITORY 01"', 10],
    ["is_private = false", 45],
    ['is_private=true AND name ~ "00"', 7],
    ['name ~ "1" and is_private = false AND slug ~ "repository-13"', 2],
    [String.raw`name = "\"quoted\""`, 0],
    ['full_name = "emulated-works/repository-007"', 1],
    ['project.key = "OPEN"', 68],
    ['project.key="WORKS" AND is_private=false', 23],
    ["updated_on > 2015-01-01T00:00:00+00:00", 137],
    ["created_on >= 2022-01-08 AND created_on < 2022-01-10", 2],
    ["created_on = 2022-01-08T00:00:00.000000+00:00", 1],
    ["created_on <= 2022-01-07T23:00:00-01:00", 8],
    ['created_on > "2022-05-16T00:00:00+00:00"', 1],
    ['slug = "repository-001" OR slug = "repository-002" AND is_private = false', 1],
    ['(slug = "repository-001" OR slug = "repository-003") AND is_private = false', 1],
    ['name != "Repository 001"', 136],
    ['name !~ "repository 0"', 38],
    ['slug IN ("repository-001", "repository-002", "nothing")', 2],
    ['slug not in ("repository-001", "repository-002")', 135],
    ["size = 0 and size < 1 and size >= -1", 137],
    ["parent = null", 137],
    ['parent.full_name = "x"', 0],
    ["website != null", 0],
    ['owner.username = "emulated-works" AND owner.nickname = null', 137],
    ['links.clone.name = "ssh" AND links.clone.name = "https"', 137],
    ["", 137],
  ])("q=%s finds %i", async (q, size) => {
    expect((await list(`q=${encodeURIComponent(q)}`)).size).toBe(size)
  })

  test.each([
    ['colour = "go"', "Repository has no field named 'colour'"],
    ['project.colour = "x"', "Repository has no field named 'project.colour'"],
    ['name.first = "x"', "Repository has no field named 'name.first'"],
    ['name = "x" OR colour = "y"', "Repository has no field named 'colour'"],
    ['constructor = "x"', "Repository has no field named 'constructor'"],
    ['name = "x" AND', 'Invalid query: name = "x" AND'],
    ['name = "x', 'Invalid query: name = "x'],
    ["is_private ~ true", "Invalid query: is_private ~ true"],
    ["nonsense", "Invalid query: nonsense"],
  ])("q=%s is 400", async (q, message) => {
    expect(await refusalOf(`q=${encodeURIComponent(q)}`)).toEqual([400, message])
  })

  test.each([
    ["/2.0/repositories/emulated-works?q=nonsense", "Invalid query: nonsense"],
    ["/2.0/user/workspaces?sort=name", "Workspace has no field named 'name'"],
    [
      "/2.0/user/workspaces/emulated-works/permissions/repositories?sort=uuid",
      "RepositoryPermission has no field named 'uuid'",
    ],
    ["/2.0/repositories/demo?q=constructor=null", "Repository has no field named 'constructor'"],
    ["/2.0/workspaces/demo/members?q=role=null", "WorkspaceMembership has no field named 'role'"],
  ])("%s is refused in the envelope, and with nothing else in it", async (path, message) => {
    const response = await callAs(path)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ type: "error", error: { message } })
  })

  test("sort is ascending, and with a minus descending", async () => {
    expect((await list("sort=name")).values[0]?.name).toBe("Repository 001")
    expect((await list("sort=-created_on")).values[0]?.name).toBe("Repository 137")
    expect(await refusalOf("sort=last_update")).toEqual([400, "Repository has no field named 'last_update'"])
  })
})

describe("role", () => {
  test.each([
    ["many", "northern-lights", "member", ["aurora", "polar-night"]],
    ["many", "northern-lights", "contributor", ["aurora", "polar-night"]],
    ["many", "northern-lights", "admin", ["polar-night"]],
    ["many", "northern-lights", "owner", []],
    ["zoe", "northern-lights", "owner", ["aurora", "polar-night"]],
    ["una", "northern-lights", "member", ["aurora"]],
    ["una", "northern-lights", "contributor", []],
  ])("%s sees of %s as %s: %j", async (username, workspace, role, slugs) => {
    const { values } = await list(`role=${role}&sort=slug`, { workspace, username })
    expect(values.map(({ slug }) => slug)).toEqual(slugs)
  })

  test("a stranger sees public repositories, with no role", async () => {
    const { values } = await list("", { workspace: "northern-lights", username: "noworkspace" })
    expect(values.map(({ slug }) => slug)).toEqual(["aurora"])
    expect((await list("", { username: "noworkspace" })).size).toBe(45)
  })

  test.each(["god", "toString"])("%s is not a role", async (role) => {
    expect(await refusalOf(`role=${role}`)).toEqual([400, `Invalid role: ${role}`])
  })
})

describe("fields", () => {
  test.each([
    ["values.slug", '{"values": [{"slug": "hello-world"}]}'],
    ["size,values.mainbranch.name", '{"values": [{"mainbranch": {"name": "main"}}], "size": 1}'],
    ["-values,-next,-size", '{"pagelen": 1, "page": 1}'],
    ["values.slug,%2Bpage", '{"values": [{"slug": "hello-world"}], "page": 1}'],
    ["values.*.slug", '{"values": [{"workspace": {"slug": "demo"}}]}'],
    ["values.workspace,-values.workspace.*", '{"values": [{"workspace": {}}]}'],
    ["nothing", "{}"],
  ])("%s leaves %s", async (fields, text) => {
    const response = await callAs(
      `/2.0/repositories/demo?sort=slug&q=is_private=false&pagelen=1&fields=${fields}`,
    )
    expect(await response.text()).toBe(text)
  })

  test("trims single resources as well, but no error", async () => {
    expect(await (await callAs("/2.0/user?fields=nickname")).text()).toBe('{"nickname": "demo"}')
    const missing = await callAs("/2.0/repositories/nowhere?fields=values")
    expect((await readBody<ErrorBody>(missing)).error.message).toContain("nowhere")
  })
})

describe("one repository", () => {
  test("has the recorded keys and links in their order (BB-W6)", async () => {
    const { apiUrl, siteUrl } = emulator.current
    const body = await readBody<Record<string, object>>(await callAs("/2.0/repositories/demo/hello-world"))
    expect(Object.keys(body)).toEqual(
      (
        "type full_name links name slug description scm website owner workspace is_private project fork_policy " +
        "created_on updated_on size language uuid mainbranch override_settings parent enforced_signed_commits has_issues has_wiki"
      ).split(" "),
    )
    expect(Object.keys(body.links ?? {})).toEqual(
      "self html avatar pullrequests commits forks watchers branches tags downloads source clone hooks".split(
        " ",
      ),
    )
    expect(body).toMatchObject({
      project: { type: "project", key: "PROJ", name: "Untitled project" },
      override_settings: { default_merge_strategy: true, branching_model: true },
      links: {
        source: { href: `${apiUrl}/2.0/repositories/demo/hello-world/src` },
        branches: { href: `${apiUrl}/2.0/repositories/demo/hello-world/refs/branches` },
        clone: [
          { name: "https", href: `${siteUrl.replace("://", "://demo@")}/demo/hello-world.git` },
          { name: "ssh", href: "git@bitbucket.org:demo/hello-world.git" },
        ],
      },
    })
  })

  test("of a shared workspace belongs to a team, and its clone address names the caller (BB-W6)", async () => {
    const { siteUrl } = emulator.current
    expect(await (await callAs("/2.0/repositories/northern-lights/aurora", "zoe")).json()).toMatchObject({
      owner: { type: "team", username: "northern-lights", display_name: "Northern Lights" },
      website: "https://aurora.example",
      links: {
        clone: [{ href: `${siteUrl.replace("://", "://zoe@")}/northern-lights/aurora.git` }, { name: "ssh" }],
      },
    })
  })

  test("is found by its UUID alone, with braces in place of the workspace (BB-W4)", async () => {
    const { uuid } = await readBody<{ uuid: string }>(await callAs("/2.0/repositories/demo/dotfiles"))
    const path = `/2.0/repositories/%7B%7D/${encodeURIComponent(uuid)}`
    expect(await (await callAs(path)).json()).toMatchObject({ full_name: "demo/dotfiles" })
    expect((await callAs(path, "zoe")).status).toBe(404)
    expect((await callAs("/2.0/repositories/%7B%7D/dotfiles")).status).toBe(404)
  })

  test("has its workspace, owner and links", async () => {
    const { apiUrl, siteUrl } = emulator.current
    expect(await (await callAs("/2.0/repositories/demo/hello-world")).json()).toMatchObject({
      type: "repository",
      full_name: "demo/hello-world",
      is_private: false,
      scm: "git",
      owner: { type: "user", display_name: "Demo Person" },
      workspace: { type: "workspace", slug: "demo" },
      links: {
        self: { href: `${apiUrl}/2.0/repositories/demo/hello-world` },
        html: { href: `${siteUrl}/demo/hello-world` },
      },
    })
  })

  test("is 404 if it does not exist or the caller may not see it (BB-P9)", async () => {
    for (const [path, username] of [
      ["/2.0/repositories/demo/nothing", "demo"],
      ["/2.0/repositories/demo/dotfiles", "zoe"],
    ] as const) {
      const response = await callAs(path, username)
      expect(response.status).toBe(404)
      expect((await readBody<ErrorBody>(response)).error.message).toMatch(/^Repository demo\/\w+ not found$/)
    }
  })
})

test("a token without the scope repository is refused, with both lists (BB-S6, BB-P6)", async () => {
  const { accessToken } = await obtainTokens(emulator.current, { client: demoClient })
  const response = await callApi(emulator.current, "/2.0/repositories/emulated-works", accessToken)
  expect(response.status).toBe(403)
  expect(response.headers.get("X-OAuth-Scopes")).toBe("account, email")
  expect(await response.text()).toContain('"granted": ["account", "email"], "required": ["repository"]')
})

test("uuids are the same on every machine", async () => {
  const response = await callAs("/2.0/repositories/emulated-works/repository-001?fields=uuid")
  expect(await response.text()).toMatchInlineSnapshot(`"{"uuid": "{982572c4-e25f-5d78-83c8-bd907efe631a}"}"`)
})
