import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { obtainGrant } from "@/test/bitbucket-grant"
import { stubEnvironment } from "@/test/stub-environment"

let emulator: Emulator

const seed = {
  people: ["member", "stranger"].map((username) => ({
    username,
    password: username,
    emails: [{ email: `${username}@example.com`, is_primary: true, is_confirmed: username === "member" }],
  })),
  clients: [
    {
      key: "emulatorClientKey1",
      secret: "emulatorClientSecret123456789012",
      name: "Demo",
      callback_url: "http://localhost:3000",
      scopes: ["account" as const, "email" as const],
    },
  ],
  workspaces: [
    { slug: "aaa", members: { member: "member" as const, stranger: "member" as const } },
    {
      slug: "our-team",
      uuid: "{22222222-2222-4222-8222-222222222222}",
      members: { member: "create-project" as const },
    },
  ],
}

beforeEach(async () => {
  emulator = await startEmulator({ port: 0 })
  await emulator.control.reset(seed)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await emulator.close()
})

/** A new environment needs the modules that read it once as new. */
async function ask(username: string, environment: Record<string, string>) {
  const { accessToken } = await obtainGrant(emulator.siteUrl, username)
  stubEnvironment({
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
    ...environment,
  })
  vi.resetModules()
  await emulator.control.clearRequests()
  const { askAdmission } = await import("./admission-question")
  return askAdmission(accessToken)
}

const answers = (path: string, status: number, body: object | string, contentType = "application/json") =>
  emulator.control.addFault({
    match: { origin: "api", path },
    kind: "status",
    status,
    headers: { "content-type": contentType },
    body: typeof body === "string" ? body : JSON.stringify(body),
    times: null,
  })

const asked = async () => (await emulator.control.listRequests()).map(({ path }) => path)

const list = "/2.0/user/workspaces"
const direct = "/2.0/user/workspaces/*"
const ourTeam = { ALLOWED_WORKSPACES: "our-team" }

describe("a member of an allowed workspace", () => {
  test.each(["our-team", "OUR-TEAM", "{22222222-2222-4222-8222-222222222222}", "elsewhere,our-team"])(
    "of ALLOWED_WORKSPACES=%s is admitted by the membership, and no list is read",
    async (allowed) => {
      expect(await ask("member", { ALLOWED_WORKSPACES: allowed })).toEqual({ verdict: "admitted" })
      expect(await asked()).not.toContain(list)
    },
  )

  test("is found with one call if many workspaces are allowed", async () => {
    const allowed = [..."bcdefghi", "our-team"].join(",")
    expect(await ask("member", { ALLOWED_WORKSPACES: allowed })).toEqual({ verdict: "admitted" })
    expect(await asked()).toEqual([list])
  })

  test.each([
    ["the membership is gone from the API", 404, "Not Found"],
    ["the endpoint is removed", 410, "Gone"],
    ["the workspace locks its members out", 403, "Forbidden"],
    ["the membership cannot be read now", 503, "Try later"],
  ])("is admitted by the list if %s", async (_, status, body) => {
    await answers(direct, status, body, "text/plain")
    expect(await ask("member", ourTeam)).toEqual({ verdict: "admitted" })
  })

  test.each([
    ["of another workspace", { permission: "member", workspace: { uuid: "{3}", slug: "aaa" } }],
    ["in a word that may mean less", { permission: "guest", workspace: { uuid: "{3}", slug: "our-team" } }],
    ["without its workspace", { permission: "member" }],
  ])("is not taken for one by a membership %s", async (_, membership) => {
    await answers(direct, 200, membership)
    expect(await ask("stranger", ourTeam)).toEqual({ verdict: "not_admitted", rule: "workspace" })
  })
})

describe("a stranger to every allowed workspace", () => {
  test("is not admitted: no membership, and a whole list without one", async () => {
    expect(await ask("stranger", ourTeam)).toEqual({ verdict: "not_admitted", rule: "workspace" })
    expect(await asked()).toEqual([`${list}/our-team/permission`, list])
  })

  test("whose workspace has the form of an allowed UUID for its slug is not admitted", async () => {
    const workspaces = [
      {
        slug: "22222222-2222-4222-8222-222222222222",
        uuid: "{99999999-2222-4222-8222-222222222222}",
        members: { stranger: "owner" as const },
      },
    ]
    await emulator.control.reset({ ...seed, workspaces })
    const allowed = { ALLOWED_WORKSPACES: "{22222222-2222-4222-8222-222222222222}" }
    expect(await ask("stranger", allowed)).toMatchObject({ verdict: "not_admitted" })
  })
})

describe("a list that was cut short says nothing about people who are not in it", () => {
  const entry = (slug: string) => ({
    type: "workspace_access",
    administrator: false,
    workspace: { type: "workspace_base", uuid: "{11111111-1111-4111-8111-111111111111}", slug },
  })
  const firstPage = { values: [entry("aaa")], pagelen: 1, page: 1 }

  test.each([
    ["goes on below another path", () => ({ next: `${emulator.apiUrl}/2.0/user/workspaces/?page=2` })],
    ["goes on at the site", () => ({ next: `${emulator.siteUrl}/!api/2.0/user/workspaces?page=2` })],
    ["goes on at a path alone", () => ({ next: "/2.0/user/workspaces?page=2" })],
    ["goes on by another scheme", () => ({ next: `${emulator.apiUrl.replace("http:", "https:")}${list}` })],
    ["goes on at a stranger's", () => ({ next: "https://evil.example/2.0/user/workspaces?page=2" })],
    ["goes on with credentials", () => ({ next: emulator.apiUrl.replace("//", "//user:pw@") + list })],
    ["is shorter than Bitbucket counts", () => ({ size: 2 })],
    ["has an entry that cannot be read", () => ({ values: [entry("aaa"), { workspace: null }] })],
    ["is no list", () => ({ values: null })],
  ])("(it %s)", async (_, rest) => {
    await answers(direct, 503, "")
    await answers(list, 200, { ...firstPage, ...rest() })
    expect(await ask("member", ourTeam)).toMatchObject({ verdict: "cannot_tell" })
  })

  test("(its pages lead in a circle)", async () => {
    await answers(direct, 503, "")
    await answers(list, 200, { ...firstPage, next: `${emulator.apiUrl}${list}?page=2` })
    expect(await ask("member", ourTeam)).toEqual({ verdict: "cannot_tell", reason: "incomplete_list" })
  })

  test("but admits a person who is in it", async () => {
    await answers(direct, 503, "")
    await answers(list, 200, { ...firstPage, values: [entry("our-team")], size: 9 })
    expect(await ask("member", ourTeam)).toEqual({ verdict: "admitted" })
  })
})

describe("no answer of Bitbucket's to either question is an answer", () => {
  test.each([
    [403, "forbidden"],
    [404, "not_found"],
    [410, "endpoint_removed"],
    [429, "rate_limited"],
    [500, "unavailable"],
    [302, "unexpected_answer"],
    [400, "refused"],
  ])("%i is %s", async (status, reason) => {
    await answers("/2.0/user/workspaces*", status, "")
    expect(await ask("member", ourTeam)).toEqual({ verdict: "cannot_tell", reason })
  })

  test("a 401 of these endpoints alone is forbidden: the token is as good as before", async () => {
    await answers("/2.0/user/workspaces*", 401, { type: "error", error: { message: "Token is invalid." } })
    expect(await ask("member", ourTeam)).toEqual({ verdict: "cannot_tell", reason: "forbidden" })
  })

  test("the caller handles a 401 about the token, since it may have another", async () => {
    await answers("/2.0/user*", 401, { type: "error", error: { message: "Token is invalid." } })
    await expect(ask("member", ourTeam)).rejects.toMatchObject({ code: "unauthorized" })
  })
})

describe("with REQUIRE_CONFIRMED_EMAIL", () => {
  const confirmed = { REQUIRE_CONFIRMED_EMAIL: "on" }

  test("only the owner of a confirmed primary address is admitted", async () => {
    expect(await ask("member", confirmed)).toEqual({ verdict: "admitted" })
    expect(await ask("stranger", confirmed)).toEqual({ verdict: "not_admitted", rule: "email" })
  })

  test.each([
    ["which was cut short", { size: 3 }, "incomplete_list"],
    ["with an entry that cannot be read", { values: [{ email: 7 }] }, "incomplete_list"],
    ["which is none", { values: "none" }, "unexpected_answer"],
  ])("addresses in a list %s tell nothing", async (_, rest, reason) => {
    await answers("/2.0/user/emails", 200, { values: [], pagelen: 10, page: 1, ...rest })
    expect(await ask("member", confirmed)).toEqual({ verdict: "cannot_tell", reason })
  })

  test("a person who meets neither rule hears about the address, which they can fix themselves", async () => {
    const answer = await ask("stranger", { ...ourTeam, ...confirmed })
    expect(answer).toEqual({ verdict: "not_admitted", rule: "email" })
  })

  test("one rule that is not met decides, whatever the other says", async () => {
    await answers("/2.0/user/workspaces*", 503, "")
    expect(await ask("stranger", { ...ourTeam, ...confirmed })).toMatchObject({ verdict: "not_admitted" })
    expect(await ask("member", { ...ourTeam, ...confirmed })).toMatchObject({ verdict: "cannot_tell" })
  })
})
