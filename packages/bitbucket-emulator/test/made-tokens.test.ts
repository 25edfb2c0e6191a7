import { describe, expect, test } from "vitest"
import { loadSeed } from "../seed.ts"
import { type ErrorBody, readBody } from "./api-bodies.ts"
import { basic, callApi } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

function callWithApiToken(path: string, token = "emulatorApiTokenOfDemo", email = "demo@example.com") {
  const headers = { Authorization: basic({ key: email, secret: token }) }
  return fetch(`${emulator.current.apiUrl}${path}`, { headers })
}

const REFUSAL = "Login failed due to incorrect login credentials or method.\n"

describe("API tokens (BB-K1)", () => {
  test("open what their person may see, with an address of that person in any case", async () => {
    const user = await callWithApiToken("/2.0/user")
    expect(await user.json()).toMatchObject({ username: "demo", type: "user" })
    expect(user.headers.get("X-Credential-Type")).toBe("api_token")
    expect((await callWithApiToken("/2.0/user", undefined, "Demo@Example.com")).status).toBe(200)
    const repositories = await callWithApiToken("/2.0/repositories/demo?role=member")
    expect(await repositories.json()).toMatchObject({ size: 3 })
    expect((await callWithApiToken("/user")).status).toBe(403) // BB-P14
  })

  test.each([
    ["another person's address", "emulatorApiTokenOfDemo", "zoe@example.com"],
    ["the username", "emulatorApiTokenOfDemo", "demo"],
    ["an unknown token", "unknown", "demo@example.com"],
    ["the person's password", "demo", "demo@example.com"],
    ["no token", "", "demo@example.com"],
    ["a token that has expired", "emulatorApiTokenExpired", "demo@example.com"],
  ])("%s is refused in plain text (BB-P3)", async (_case, token, email) => {
    const response = await callWithApiToken("/2.0/user", token, email)
    expect([response.status, await response.text()]).toEqual([401, REFUSAL])
    expect(response.headers.get("Content-Type")).toMatch(/^text\/plain/)
    expect(response.headers.get("WWW-Authenticate")).toBe('Basic realm="Bitbucket.org HTTP"')
  })

  test("do not work as bearer tokens", async () => {
    expect((await callApi(emulator.current, "/2.0/user", "emulatorApiTokenOfDemo")).status).toBe(401)
  })

  test("expire on their date by the emulator's clock", async () => {
    await emulator.current.control.setClock(new Date("2025-12-31T23:00:00Z"))
    expect((await callWithApiToken("/2.0/user", "emulatorApiTokenExpired")).status).toBe(200)
  })

  test("lack a scope under the name that API tokens use (BB-K2, BB-S7)", async () => {
    const response = await callWithApiToken("/2.0/repositories/emulated-works", "emulatorApiTokenUserOnly")
    expect(response.status).toBe(403)
    expect(await response.text()).toContain(
      '"detail": {"granted": ["read:user:bitbucket"], "required": ["read:repository:bitbucket"]}',
    )
  })

  test("appear in the journal under their person, without the token", async () => {
    await callWithApiToken("/2.0/user")
    const rows = await emulator.current.control.listRequests()
    expect(rows.at(-1)).toMatchObject({ username: "demo", client_id: null })
    expect(JSON.stringify(await emulator.current.control.listHops())).not.toContain("emulatorApiTokenOfDemo")
  })

  test("count by person and resource if rate_limit is on (BB-H1)", async () => {
    await emulator.current.control.changeConfig({
      rate_limit: { limit: 1, window_seconds: 3600, anonymous_limit: 60 },
    })
    expect((await callWithApiToken("/2.0/user")).status).toBe(200)
    expect((await callWithApiToken("/2.0/user", "emulatorApiTokenUserOnly")).status).toBe(429)
  })
})

describe("access tokens (BB-K3)", () => {
  const list = async (path: string, token: string) => {
    const { values } = await readBody<{ values: { slug: string }[] }>(
      await callApi(emulator.current, path, token),
    )
    return values.map(({ slug }) => slug)
  }

  test("of a workspace open it and act as an app_user", async () => {
    const token = "emulatorWorkspaceAccessToken"
    const user = await callApi(emulator.current, "/2.0/user", token)
    const body = await readBody<{ uuid: string }>(user)
    expect(body).toMatchObject({
      type: "app_user",
      kind: "workspace_access_token",
      display_name: "Nightly inventory",
    })
    expect(user.headers.get("X-Credential-Type")).toBe("workspace_access_token")
    const itself = await callApi(emulator.current, `/2.0/users/${encodeURIComponent(body.uuid)}`, token)
    expect(await itself.json()).toEqual(body)
    const all = await callApi(emulator.current, "/2.0/repositories/emulated-works?pagelen=1", token)
    expect(await all.json()).toMatchObject({ size: 137 })
    expect(await list("/2.0/repositories/northern-lights", token)).toEqual(["aurora"])
    expect((await callApi(emulator.current, "/2.0/repositories/demo/dotfiles", token)).status).toBe(404)
  })

  test("of a project open its repositories, and public ones", async () => {
    const token = "emulatorProjectAccessToken"
    expect(await list("/2.0/repositories/northern-lights?role=member", token)).toEqual(["polar-night"])
    expect(await list("/2.0/repositories/northern-lights?sort=slug", token)).toEqual([
      "aurora",
      "polar-night",
    ])
    expect(
      (await callApi(emulator.current, "/2.0/workspaces/northern-lights/projects/NIGHT", token)).status,
    ).toBe(200)
    expect((await callApi(emulator.current, "/2.0/user", token)).status).toBe(403)
  })

  test("of a repository open that one, as far as their scopes allow", async () => {
    const token = "emulatorRepositoryAccessToken"
    expect(await list("/2.0/repositories/northern-lights?role=contributor", token)).toEqual(["aurora"])
    expect(
      (await callApi(emulator.current, "/2.0/repositories/northern-lights/polar-night", token)).status,
    ).toBe(404)
    const user = await callApi(emulator.current, "/2.0/user", token)
    expect(await user.text()).toContain('"granted": ["repository:write"], "required": ["account"]')
    expect((await callApi(emulator.current, "/2.0/workspaces/northern-lights", token)).status).toBe(200)
  })

  test("do not work as Basic passwords (BB-P3)", async () => {
    for (const email of ["x-token-auth", "demo@example.com"]) {
      const response = await callWithApiToken("/2.0/user", "emulatorWorkspaceAccessToken", email)
      expect(await response.text()).toBe(REFUSAL)
    }
  })

  test("carry rate limit headers (BB-H2)", async () => {
    await emulator.current.control.changeConfig({
      rate_limit: { limit: 10, window_seconds: 3600, anonymous_limit: 60 },
    })
    const near: (string | null)[] = []
    for (let call = 0; call < 10; call += 1) {
      const { headers } = await callApi(emulator.current, "/2.0/user", "emulatorWorkspaceAccessToken")
      expect(headers.get("X-RateLimit-Limit")).toBe("10")
      expect(headers.get("X-RateLimit-Resource")).toBe("/2.0/user")
      near.push(headers.get("X-RateLimit-NearLimit"))
    }
    expect(near.lastIndexOf("false")).toBe(7)
    expect(near.slice(8)).toEqual(["true", "true"])
  })
})

test.each([
  ["a token twice", [{ token: "same-token" }, { token: "same-token" }]],
  ["a colon, which Basic cannot carry", [{ token: "with:colon" }]],
  ["too short a token", [{ token: "short" }]],
  ["a scope of OAuth clients", [{ token: "long-enough", scopes: ["account"] }]],
])("a seed with %s is refused", (_case, tokens) => {
  const api_tokens = tokens.map((token) => ({ name: "Token", ...token }))
  const people = [{ username: "ada", password: "ada", api_tokens }]
  expect(() => loadSeed({ people } as Parameters<typeof loadSeed>[0])).toThrow()
})

test("an unknown repository is reported in the envelope (BB-P9)", async () => {
  const response = await callWithApiToken("/2.0/repositories/demo/nothing")
  expect((await readBody<ErrorBody>(response)).error.message).toBe("Repository demo/nothing not found")
})
