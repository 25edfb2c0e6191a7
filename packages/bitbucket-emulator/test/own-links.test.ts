import { describe, expect, test } from "vitest"
import { type ErrorBody, readBody } from "./api-bodies.ts"
import { Browser } from "./browser.ts"
import { callApi, obtainTokens } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const client = { key: "everything", secret: "secret-of-everything" }
const emulator = withEmulator({
  seed: {
    people: [
      {
        username: "ada",
        password: "ada",
        account_id: "1:2",
        location: "London",
        emails: [{ email: "ada@example.com", is_primary: true }],
      },
      { username: "bob", password: "bob", emails: [{ email: "bob@example.com", is_primary: true }] },
    ],
    workspaces: [
      { slug: "ada", personal_of: "ada", members: { ada: "owner" }, repositories: [{ name: "diary" }] },
      {
        slug: "engine",
        name: "The Engine",
        is_private: false,
        members: { ada: "owner", bob: "member" },
        projects: [
          { key: "MILL", name: "Mill", is_private: false },
          { key: "STORE", name: "Store" },
        ],
        repositories: [
          { name: "cards", project: "MILL", is_private: false },
          { name: "plans", project: "STORE" },
        ],
      },
      { slug: "closed", members: { bob: "owner" } },
    ],
    clients: [
      {
        ...client,
        name: "Everything",
        callback_url: "http://localhost:3000",
        scopes: ["account", "email", "project", "repository", "pullrequest", "webhook", "snippet"],
        workspace: "engine",
      },
    ],
  },
})

async function callAs(path: string, username = "ada"): Promise<Response> {
  const { accessToken } = await obtainTokens(emulator.current, { username, client })
  return callApi(emulator.current, path, accessToken)
}

interface Page {
  readonly values: readonly Record<string, never>[]
  readonly size: number
}

async function listAs(path: string, username?: string): Promise<Page> {
  return readBody<Page>(await callAs(path, username))
}

const asked = (q: string) => encodeURIComponent(q)

/** Every address under `links` and under `next`, at any depth. */
function addressesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(addressesIn)
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    (name === "href" || name === "next") && typeof member === "string" ? [member] : addressesIn(member),
  )
}

test("every link works: none leads to a missing API or page (BB-W10, BB-U14)", async () => {
  const { apiUrl, siteUrl } = emulator.current
  const { accessToken } = await obtainTokens(emulator.current, { username: "ada", client })
  const headers = { Authorization: `Bearer ${accessToken}` }
  const browser = new Browser(emulator.current)
  await browser.signIn("ada")
  const user = await callApi(emulator.current, "/2.0/user", accessToken)
  // Those of other people are theirs to see.
  const ownHooks = (await readBody<{ links: { hooks: { href: string } } }>(user)).links.hooks.href
  const seen = new Set<string>()
  const waiting = [
    "/2.0/user",
    "/2.0/user/emails",
    "/2.0/user/workspaces",
    "/2.0/user/workspaces/engine/permission",
    "/2.0/user/workspaces/engine/permissions/repositories",
  ].map((path) => `${apiUrl}${path}`)
  for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
    if (seen.has(address)) continue
    seen.add(address)
    // Not served: git itself, over ssh or https.
    if (address.startsWith("git@") || address.endsWith(".git")) continue
    const isOfApi = address.startsWith(apiUrl)
    const response = isOfApi
      ? await fetch(address, { headers })
      : await browser.get(address.slice(siteUrl.length))
    const isHooks = address.includes("/2.0/workspaces/%7B") && address.endsWith("/hooks")
    const expected = isHooks && address !== ownHooks ? 403 : 200
    expect({ address, status: response.status }).toEqual({ address, status: expected })
    if (response.headers.get("Content-Type")?.includes("json"))
      waiting.push(...addressesIn(await response.json()))
  }
  const paths = [...seen]
    .filter((address) => address.startsWith(apiUrl))
    .map((address) => address.slice(apiUrl.length))
  expect(paths).toEqual(
    expect.arrayContaining([
      "/2.0/workspaces/engine/members",
      "/2.0/workspaces/engine/members?q=permission%3D%22owner%22",
      "/2.0/workspaces/engine/hooks",
      "/2.0/workspaces/engine/projects/STORE",
      "/2.0/repositories/engine/plans/refs/branches",
      "/2.0/repositories/engine/cards/pullrequests",
      "/2.0/snippets/engine",
    ]),
  )
  expect(seen.size).toBeGreaterThan(60)
})

describe("a workspace (BB-W7)", () => {
  test("has the recorded keys, and links in alphabetical order", async () => {
    const body = await readBody<Record<string, object>>(await callAs("/2.0/workspaces/engine"))
    expect(Object.keys(body).join(" ")).toBe(
      "type uuid name slug is_private is_privacy_enforced created_on updated_on forking_mode is_personal links",
    )
    expect(Object.keys(body.links ?? {}).join(" ")).toBe(
      "avatar hooks html members owners projects repositories self snippets",
    )
    expect(body).toMatchObject({
      is_privacy_enforced: false,
      forking_mode: "allow_forks",
      is_personal: false,
    })
    expect(await (await callAs("/2.0/workspaces/ada")).json()).toMatchObject({ is_personal: true })
  })

  test("its slug matches in any case", async () => {
    expect(await (await callAs("/2.0/workspaces/ENGINE")).json()).toMatchObject({ slug: "engine" })
  })

  test("its projects have twelve keys and their own URLs (BB-W8)", async () => {
    const { values, size } = await listAs(`/2.0/workspaces/engine/projects?q=${asked('name~"mi"')}`)
    expect(size).toBe(1)
    expect(Object.keys(values[0] ?? {}).join(" ")).toBe(
      "type owner workspace key uuid is_private name description links created_on updated_on has_publicly_visible_repos",
    )
    expect(values[0]).toMatchObject({ key: "MILL", has_publicly_visible_repos: true })
    const store = await callAs("/2.0/workspaces/engine/projects/STORE", "bob")
    expect(await store.json()).toMatchObject({ name: "Store", has_publicly_visible_repos: false })
    expect((await callAs("/2.0/workspaces/engine/projects/NONE")).status).toBe(404)
    expect((await callAs("/2.0/workspaces/engine/projects?q=slug=null")).status).toBe(400)
    expect((await callAs("/2.0/workspaces/closed/projects")).status).toBe(404)
  })

  test.each(["members", "permissions"])("its %s can be filtered by permission (BB-W9)", async (list) => {
    const path = `/2.0/workspaces/engine/${list}`
    expect((await listAs(path)).values).toMatchObject([
      { type: "workspace_membership", permission: "owner", user: { account_id: "1:2" } },
      { permission: "member", user: { nickname: "bob" }, workspace: { slug: "engine" } },
    ])
    const owners = await listAs(`${path}?q=${asked('permission="owner"')}`)
    expect(owners.values).toMatchObject([{ user: { nickname: "ada" } }])
    expect((await listAs(`${path}?q=${asked('permission>"member"')}`)).size).toBe(1)
    expect((await listAs(`${path}?q=${asked('permission<"create-project"')}`)).size).toBe(1)
    const [owner] = owners.values as readonly { user?: { uuid: string } }[]
    const uuid = owner?.user?.uuid
    expect((await listAs(`${path}?q=${asked(`permission="owner" AND user.uuid="${uuid}"`)}`)).size).toBe(1)
  })

  test("only an administrator may filter members by address (BB-W9)", async () => {
    const path = `/2.0/workspaces/engine/members?q=${asked('user.email IN ("bob@example.com","x@example.com")')}`
    const { values } = await listAs(path)
    expect(values).toMatchObject([{ user: { nickname: "bob" } }])
    expect(JSON.stringify(values)).not.toContain("bob@example.com")
    const refused = await callAs(path, "bob")
    expect(refused.status).toBe(400)
    expect((await readBody<ErrorBody>(refused)).error.message).toContain("'user.email'")
  })

  test("one member is found by UUID or account id, and no one else (BB-W9)", async () => {
    expect(await (await callAs("/2.0/workspaces/engine/members/1:2", "bob")).json()).toMatchObject({
      permission: "owner",
    })
    expect((await callAs("/2.0/workspaces/engine/members/3:4")).status).toBe(404)
    expect((await callAs("/2.0/workspaces/closed/members")).status).toBe(404)
  })

  test("only its owners see its webhooks, and only administrators those of a repository (BB-W10)", async () => {
    for (const path of ["/2.0/workspaces/engine/hooks", "/2.0/repositories/engine/cards/hooks"]) {
      expect(await listAs(path)).toMatchObject({ values: [], size: 0 })
      expect((await callAs(path, "bob")).status).toBe(403)
    }
  })
})

describe("permissions have their own order (BB-W5)", () => {
  test.each([
    ['permission > "read"', "ada", 2],
    ['permission > "read"', "bob", 0],
    ['permission >= "read" AND repository.project.key = "STORE"', "bob", 1],
    ['repository.full_name = "engine/cards"', "bob", 1],
    ['repository.is_private = true AND user.nickname = "bob"', "bob", 1],
    ['permission > "nonsense"', "ada", 0],
  ])("%s as %s finds %i", async (q, username, size) => {
    const path = `/2.0/user/workspaces/engine/permissions/repositories?q=${asked(q)}`
    expect((await listAs(path, username)).size).toBe(size)
  })

  test("they are sorted by it too", async () => {
    const { values } = await listAs("/2.0/workspaces/engine/permissions?sort=permission")
    expect(values.map(({ permission }) => permission)).toEqual(["member", "owner"])
  })
})

describe("/2.0/users/{uuid} (BB-U14)", () => {
  const uuidOf = async (username: string) =>
    (await readBody<{ uuid: string }>(await callAs("/2.0/user", username))).uuid

  test("shows any person by UUID or account id, and the username to no one else (BB-U3)", async () => {
    const path = `/2.0/users/${encodeURIComponent(await uuidOf("ada"))}`
    const shown = await readBody<Record<string, unknown>>(await callAs(path, "bob"))
    expect(shown).toMatchObject({ type: "user", account_id: "1:2", nickname: "ada", location: "London" })
    expect(Object.keys(shown)).not.toContain("username")
    expect(await (await callAs("/2.0/users/1:2", "bob")).json()).toEqual(shown)
    expect(await (await callAs(path, "ada")).json()).toMatchObject({ username: "ada" })
  })

  test.each(["ada", "%7B00000000-0000-5000-8000-000000000000%7D"])("%s is not found", async (wanted) => {
    expect((await callAs(`/2.0/users/${wanted}`)).status).toBe(404)
  })

  test("its followers were linked until 2019 only (BB-U8)", async () => {
    const path = `/2.0/users/${encodeURIComponent(await uuidOf("ada"))}/followers`
    expect((await callAs(path)).status).toBe(404)
    await emulator.current.control.changeConfig({ contract: "2017" })
    expect(await listAs(path)).toMatchObject({ values: [] })
  })
})

describe("without credentials (BB-W11)", () => {
  const ask = (path: string) => fetch(`${emulator.current.apiUrl}${path}`)

  test("public resources are visible, with no username in the address for cloning", async () => {
    const { siteUrl } = emulator.current
    const repository = await ask("/2.0/repositories/engine/cards")
    expect(repository.status).toBe(200)
    expect(repository.headers.get("X-OAuth-Scopes")).toBeNull()
    const { links } = await readBody<{ links: { clone: { href: string }[] } }>(repository)
    expect(links.clone[0]?.href).toBe(`${siteUrl}/engine/cards.git`)
    const list = await readBody<Page>(await ask("/2.0/repositories/engine"))
    expect(list.values).toMatchObject([{ slug: "cards" }])
    expect((await ask("/2.0/workspaces/engine")).status).toBe(200)
    const projects = await readBody<Page>(await ask("/2.0/workspaces/engine/projects"))
    expect(projects.values).toMatchObject([{ key: "MILL" }])
    expect((await ask("/2.0/users/1:2")).status).toBe(200)
  })

  test("private resources are not found", async () => {
    for (const path of ["engine/plans", "ada/diary", "engine/nothing"]) {
      const response = await ask(`/2.0/repositories/${path}`)
      expect(response.status).toBe(404)
      expect((await readBody<ErrorBody>(response)).error.message).toContain("make sure you are authenticated")
    }
    expect((await ask("/2.0/workspaces/ada")).status).toBe(404)
    expect((await readBody<Page>(await ask("/2.0/repositories/ada"))).size).toBe(0)
  })

  test.each(["/2.0/user", "/2.0/user/workspaces", "/2.0/workspaces/engine/members"])(
    "%s asks for some (BB-P4)",
    async (path) => {
      expect((await ask(path)).status).toBe(401)
    },
  )

  test("a bad token is refused where no token would be accepted (BB-P2)", async () => {
    const response = await callApi(emulator.current, "/2.0/repositories/engine/cards", "bad")
    expect(response.status).toBe(401)
  })

  test("it is 60 calls an hour (BB-H1, BB-H3)", async () => {
    await emulator.current.control.freezeClock()
    await emulator.current.control.changeConfig({
      rate_limit: { limit: 1000, window_seconds: 3600, anonymous_limit: 60 },
    })
    const statuses: number[] = []
    for (let call = 0; call < 61; call += 1)
      statuses.push((await ask("/2.0/repositories/engine/cards")).status)
    expect(statuses).toEqual([...Array.from({ length: 60 }, () => 200), 429])
    const { headers } = await ask("/2.0/workspaces/engine")
    expect(headers.get("X-RateLimit-Limit")).toBe("60, 60;w=3600")
    expect(headers.get("X-RateLimit-Remaining")).toBe("0")
  })
})

test("/user without the version is forbidden with valid credentials (BB-P14)", async () => {
  const response = await callAs("/user")
  expect([response.status, await response.text()]).toEqual([
    403,
    '{"type": "error", "error": {"message": "Forbidden"}}',
  ])
  expect((await fetch(`${emulator.current.apiUrl}/user`)).status).toBe(404)
})
