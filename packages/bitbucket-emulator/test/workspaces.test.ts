import { describe, expect, test } from "vitest"
import { type ErrorBody, readBody } from "./api-bodies.ts"
import { callApi, demoClient, noEmailClient, obtainTokens } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()
const reposClient = { key: "emulatorReposKey12", secret: "emulatorReposSecret1234567890123" }

interface Page {
  readonly values: readonly Record<string, unknown>[]
  readonly size: number
  readonly next?: string
}

async function callAs(path: string, username = "demo", client = reposClient): Promise<Response> {
  const { accessToken } = await obtainTokens(emulator.current, { username, client })
  return callApi(emulator.current, path, accessToken)
}

async function pageAs(path: string, username = "demo"): Promise<Page> {
  return readBody<Page>(await callAs(path, username))
}

test("a stranger who asks for a private workspace by UUID does not learn its slug (BB-P10)", async () => {
  const { uuid } = await readBody<{ uuid: string }>(await callAs("/2.0/workspaces/demo"))
  for (const path of [`/2.0/workspaces/${uuid}`, `/2.0/repositories/${uuid}/dotfiles`]) {
    const response = await callAs(path, "zoe")
    expect(response.status).toBe(404)
    const { message } = (await readBody<ErrorBody>(response)).error
    expect(message).toContain(uuid)
    expect(message).not.toContain("demo")
  }
})

describe("GET /2.0/user/workspaces (BB-W1)", () => {
  test("shows each workspace's administrators, and not its name", async () => {
    const { apiUrl, siteUrl } = emulator.current
    const { values, size } = await pageAs("/2.0/user/workspaces?sort=slug", "many")
    expect(size).toBe(4)
    expect(values[1]).toEqual({
      type: "workspace_access",
      administrator: true,
      workspace: {
        type: "workspace_base",
        uuid: expect.stringMatching(/^\{[0-9a-f-]{36}\}$/),
        slug: "many",
        links: {
          avatar: { href: `${siteUrl}/workspaces/avatars/many/128` },
          self: { href: `${apiUrl}/2.0/workspaces/many` },
        },
      },
    })
  })

  test.each([
    ["sort=slug", ["emulated-works", "many", "northern-lights", "southern-cross"]],
    ["sort=-slug", ["southern-cross", "northern-lights", "many", "emulated-works"]],
    ["sort=slug&administrator=true", ["many"]],
    ["sort=slug&administrator=false", ["emulated-works", "northern-lights", "southern-cross"]],
  ])("?%s lists %j", async (query, slugs) => {
    const { values } = await pageAs(`/2.0/user/workspaces?${query}`, "many")
    expect(values.map(({ workspace }) => (workspace as { slug: string }).slug)).toEqual(slugs)
  })

  test("may be empty, and lists a workspace that answers 403", async () => {
    expect(await pageAs("/2.0/user/workspaces", "noworkspace")).toMatchObject({ values: [], size: 0 })
    expect((await pageAs("/2.0/user/workspaces", "locked")).size).toBe(1)
  })

  test("needs the scope account only (BB-S6)", async () => {
    expect((await callAs("/2.0/user/workspaces", "demo", noEmailClient)).status).toBe(200)
  })

  test("cannot be sorted by a missing field", async () => {
    const response = await callAs("/2.0/user/workspaces?sort=name")
    expect(response.status).toBe(400)
    expect((await readBody<ErrorBody>(response)).error.message).toBe("Workspace has no field named 'name'")
  })

  test("links to an avatar that is served here", async () => {
    const { values } = await pageAs("/2.0/user/workspaces")
    const [{ workspace } = {}] = values
    const { links } = workspace as { links: { avatar: { href: string } } }
    const response = await fetch(links.avatar.href)
    expect(response.headers.get("Content-Type")).toBe("image/svg+xml; charset=utf-8")
    const unknown = await fetch(`${emulator.current.siteUrl}/workspaces/avatars/nowhere/128`)
    expect(unknown.status).toBe(404)
  })
})

describe("GET /2.0/user/workspaces/{ws}/permission (BB-W2)", () => {
  test.each([
    ["demo", "owner"],
    ["zoe", "create-project"],
    ["una", "member"],
  ])("%s is %s", async (username, permission) => {
    const response = await callAs("/2.0/user/workspaces/emulated-works/permission", username)
    expect(await response.json()).toMatchObject({
      type: "workspace_membership",
      permission,
      user: { type: "user", uuid: expect.any(String) },
      workspace: { type: "workspace", slug: "emulated-works", name: "Emulated Works" },
    })
  })

  test("mentions the person without the username (BB-U3)", async () => {
    const response = await callAs("/2.0/user/workspaces/demo/permission")
    const { user } = (await response.json()) as { user: Record<string, unknown> }
    expect(Object.keys(user)).toEqual(["display_name", "links", "type", "uuid", "account_id", "nickname"])
  })

  test("is 404 for a stranger's workspace and for a missing one, with the same message (BB-P10)", async () => {
    for (const slug of ["northern-lights", "no-such-thing"]) {
      const response = await callAs(`/2.0/user/workspaces/${slug}/permission`)
      expect(response.status).toBe(404)
      expect(await response.text()).toBe(
        `{"type": "error", "error": {"message": "No workspace with identifier '${slug}'."}}`,
      )
    }
  })
})

describe("GET /2.0/user/workspaces/{ws}/permissions/repositories (BB-W3)", () => {
  const path = "/2.0/user/workspaces/northern-lights/permissions/repositories"

  test("lists the person's permission for each repository", async () => {
    const { values } = await pageAs(`${path}?sort=repository.name`, "many")
    expect(values).toMatchObject([
      { type: "repository_permission", permission: "admin", repository: { name: "Polar Night" } },
      {
        permission: "write",
        user: { display_name: "Manu Many" },
        repository: { full_name: "northern-lights/aurora" },
      },
    ])
    const filtered = await pageAs(`${path}?q=${encodeURIComponent('permission="admin"')}`, "many")
    expect(filtered.size).toBe(1)
  })

  test("requires account and repository, and says so (BB-S6, BB-P6)", async () => {
    const response = await callAs(path, "many", demoClient)
    expect(response.status).toBe(403)
    expect(response.headers.get("X-Accepted-OAuth-Scopes")).toBe("account, repository")
    expect(await response.text()).toBe(
      '{"type": "error", "error": {"message": "Your credentials lack one or more required privilege scopes.", "detail": {"granted": ["account", "email"], "required": ["account", "repository"]}}}',
    )
  })
})

describe("GET /2.0/workspaces/{ws} (BB-W4)", () => {
  test("has the name, for any token (BB-S6), by slug and by UUID", async () => {
    const response = await callAs("/2.0/workspaces/demo", "demo", noEmailClient)
    expect(response.headers.get("X-Accepted-OAuth-Scopes")).toBeNull()
    const workspace = (await response.json()) as { uuid: string }
    expect(workspace).toMatchObject({
      type: "workspace",
      slug: "demo",
      name: "Demo Person",
      is_private: true,
    })
    const byUuid = await callAs(`/2.0/workspaces/${encodeURIComponent(workspace.uuid)}`)
    expect(await byUuid.json()).toEqual(workspace)
  })

  test("a personal workspace shares its person's UUID, so the account's own links lead somewhere", async () => {
    const { accessToken } = await obtainTokens(emulator.current, { client: reposClient })
    const user = await callApi(emulator.current, "/2.0/user", accessToken)
    const { links } = (await user.json()) as { links: { repositories: { href: string } } }
    const headers = { Authorization: `Bearer ${accessToken}` }
    expect((await readBody<Page>(await fetch(links.repositories.href, { headers }))).size).toBe(3)
  })

  test("a stranger sees a public one but no private one", async () => {
    expect((await callAs("/2.0/workspaces/northern-lights")).status).toBe(200)
    expect((await callAs("/2.0/workspaces/southern-cross")).status).toBe(404)
    expect((await callAs("/2.0/workspaces/no-such-thing")).status).toBe(404)
  })

  test("requires a token all the same", async () => {
    expect((await callApi(emulator.current, "/2.0/workspaces/demo", "")).status).toBe(401)
  })
})

test.each([
  "/2.0/workspaces/locked-works",
  "/2.0/user/workspaces/locked-works/permission",
  "/2.0/user/workspaces/locked-works/permissions/repositories",
  "/2.0/repositories/locked-works",
])("%s answers 403 for a workspace that is closed to the caller (BB-P7)", async (path) => {
  const response = await callAs(path, "locked")
  expect(response.status).toBe(403)
  expect(await response.text()).toBe('{"type": "error", "error": {"message": "Forbidden"}}')
})

describe("the listings of CHANGE-2770", () => {
  const removed = [
    "/2.0/workspaces",
    "/2.0/user/permissions/workspaces",
    "/2.0/user/permissions/repositories",
    "/2.0/repositories",
    "/2.0/repositories?role=member",
  ]

  test.each(removed)("%s is 410 with the recorded body, token or not (BB-P11)", async (path) => {
    const { accessToken } = await obtainTokens(emulator.current)
    for (const token of [accessToken, ""]) {
      const response = await callApi(emulator.current, path, token)
      expect(response.status).toBe(410)
      expect(await response.text()).toBe(
        '{"type": "error", "error": {"message": "CHANGE-2770 - Functionality has been deprecated", "detail": "Please read the changelog entry for more details.", "data": {"announcement_url": "https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-2770"}}, "data": {"announcement_url": "https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-2770"}}',
      )
    }
  })

  test.each(removed)("%s answered in 2017, to credentials", async (path) => {
    await emulator.current.control.changeConfig({ contract: "2017" })
    const { values } = await pageAs(path)
    expect(values.length).toBeGreaterThan(1)
    expect((await callApi(emulator.current, path, "")).status).toBe(401)
  })
})
