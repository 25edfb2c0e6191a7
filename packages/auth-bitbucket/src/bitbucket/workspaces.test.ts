import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { obtainGrant } from "@/test/bitbucket-grant"
import { createApi } from "./api.ts"
import { readAll } from "./list.ts"
import { listWorkspaces, readWorkspace } from "./workspaces.ts"

let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
})

afterAll(() => emulator.close())

/** The API, as one person of the emulator's may use it. */
async function apiOf(username: string) {
  const { accessToken } = await obtainGrant(emulator.siteUrl, username)
  return createApi({ getToken: () => accessToken, urls: { site: emulator.siteUrl, api: emulator.apiUrl } })
}

describe("a workspace", () => {
  test("is shown to its members with their role", async () => {
    const workspace = await readWorkspace(await apiOf("zoe"), "emulated-works")
    expect(workspace).toMatchObject({
      slug: "emulated-works",
      name: "Emulated Works",
      isPrivate: true,
      createdOn: expect.stringMatching(/^2020-01-01T/),
      role: "create-project",
    })
    expect(workspace.avatarUrl).toMatch(new RegExp(`^${emulator.siteUrl}/`))
  })

  test.each([
    ["that is public is not found for a person who is not in it", "northern-lights", "not_found"],
    ["that is private is not found for a stranger", "many", "not_found"],
    ["that does not exist is not found", "no-such-thing", "not_found"],
  ])("%s", async (_, slug, code) => {
    await expect(readWorkspace(await apiOf("demo"), slug)).rejects.toMatchObject({ code })
  })

  test("that locks its members out says so", async () => {
    await expect(readWorkspace(await apiOf("locked"), "locked-works")).rejects.toMatchObject({
      code: "forbidden",
    })
  })

  test("is never another than the requested one", async () => {
    const api = await apiOf("zoe")
    await emulator.control.addFault({
      match: { path: "/2.0/workspaces/emulated-works" },
      kind: "status",
      status: 200,
      headers: { "content-type": "application/json" },
      body: '{"type": "workspace", "slug": "northern-lights", "name": "Northern Lights"}',
    })
    await expect(readWorkspace(api, "emulated-works")).rejects.toMatchObject({
      code: "unexpected_answer",
    })
  })

  test("whose refusal is a 401 about the workspace is forbidden: the token is as good as before", async () => {
    const api = await apiOf("zoe")
    await emulator.control.addFault({
      match: { path: "/2.0/workspaces/emulated-works" },
      kind: "status",
      status: 401,
      headers: { "content-type": "application/json" },
      body: '{"type": "error", "error": {"message": "You do not have access to view this workspace."}}',
    })
    await expect(readWorkspace(api, "emulated-works")).rejects.toMatchObject({ code: "forbidden" })
  })
})

test("a person's workspaces come by slug, with their role in each", async () => {
  const { items, incomplete } = await readAll(listWorkspaces(await apiOf("many")))
  expect(items.map(({ slug, isAdministrator }) => [slug, isAdministrator])).toEqual([
    ["emulated-works", false],
    ["many", true],
    ["northern-lights", false],
    ["southern-cross", false],
  ])
  expect(incomplete).toBeNull()
})

test("a person without a workspace has an empty list of them", async () => {
  expect(await readAll(listWorkspaces(await apiOf("noworkspace")))).toEqual({ items: [], incomplete: null })
})
