import { randomUUID } from "node:crypto"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { obtainGrant } from "@/test/bitbucket-grant"
import { stubEnvironment } from "@/test/stub-environment"
import { getWorkspace, parseWorkspaceSlug } from "./workspace"
import { getWorkspacePage } from "./workspaces"

let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
  stubEnvironment({ BITBUCKET_SITE_URL: emulator.siteUrl, BITBUCKET_API_URL: emulator.apiUrl })
})

afterAll(() => emulator.close())

const tokenOf = async (username: string) => (await obtainGrant(emulator.siteUrl, username)).accessToken

describe("a workspace", () => {
  test("is shown to its members with their role", async () => {
    const workspace = await getWorkspace(await tokenOf("zoe"), "emulated-works")
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
    ["that is public is none to somebody who is not in it", "northern-lights", "not_found"],
    ["that is private is none to a stranger", "many", "not_found"],
    ["that does not exist is none", "no-such-thing", "not_found"],
  ])("%s", async (_, slug, code) => {
    await expect(getWorkspace(await tokenOf("demo"), slug)).rejects.toMatchObject({ code })
  })

  test("that locks its members out says so", async () => {
    await expect(getWorkspace(await tokenOf("locked"), "locked-works")).rejects.toMatchObject({
      code: "forbidden",
    })
  })

  test("is never another than the one that was asked for", async () => {
    const accessToken = await tokenOf("zoe")
    await emulator.control.addFault({
      match: { path: "/2.0/workspaces/emulated-works" },
      kind: "status",
      status: 200,
      headers: { "content-type": "application/json" },
      body: '{"type": "workspace", "slug": "northern-lights", "name": "Northern Lights"}',
    })
    await expect(getWorkspace(accessToken, "emulated-works")).rejects.toMatchObject({
      code: "unexpected_answer",
    })
  })

  test("whose refusal is a 401 about the workspace is forbidden: the token is as good as before", async () => {
    const accessToken = await tokenOf("zoe")
    await emulator.control.addFault({
      match: { path: "/2.0/workspaces/emulated-works" },
      kind: "status",
      status: 401,
      headers: { "content-type": "application/json" },
      body: '{"type": "error", "error": {"message": "You do not have access to view this workspace."}}',
    })
    await expect(getWorkspace(accessToken, "emulated-works")).rejects.toMatchObject({ code: "forbidden" })
  })
})

test("the workspaces of a person come by slug, with what they are there", async () => {
  const { items, ...page } = await getWorkspacePage(await tokenOf("many"), 1, randomUUID())
  expect(items.map(({ slug, isAdministrator }) => [slug, isAdministrator])).toEqual([
    ["emulated-works", false],
    ["many", true],
    ["northern-lights", false],
    ["southern-cross", false],
  ])
  expect(page).toEqual({ number: 1, hasNext: false, total: 4, isCutShort: false })
})

test("somebody without a workspace has an empty page of them", async () => {
  expect(await getWorkspacePage(await tokenOf("noworkspace"), 1, randomUUID())).toMatchObject({
    items: [],
    total: 0,
  })
})

test.each([
  ["emulated-works", "emulated-works"],
  ["Emulated_Works.2", "emulated_works.2"],
  ["..", null],
  ["a/b", null],
  ["a%2fb", null],
  ["a?b", null],
  ["", null],
  ["x".repeat(129), null],
  [undefined, null],
])("%j in an address names the workspace %j", (value, slug) => {
  expect(parseWorkspaceSlug(value)).toBe(slug)
})
