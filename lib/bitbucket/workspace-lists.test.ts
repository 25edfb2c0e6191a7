import { randomUUID } from "node:crypto"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { obtainGrant, repositoryClient } from "@/test/bitbucket-grant"
import { stubEnvironment } from "@/test/stub-environment"
import { clientWith } from "./client"
import {
  describeWorkspaces,
  findRepositories,
  getRepositories,
  nameCondition,
  type RepositoryQuery,
} from "./workspace-lists"

let emulator: Emulator
let accessToken: string
/** Another one for each test: what is remembered of a list is remembered for one reader. */
let reader: string

const path = "/2.0/repositories/emulated-works"

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
  stubEnvironment({ BITBUCKET_SITE_URL: emulator.siteUrl, BITBUCKET_API_URL: emulator.apiUrl })
})

beforeEach(async () => {
  await emulator.reset()
  reader = randomUUID()
  ;({ accessToken } = await obtainGrant(emulator.siteUrl, "demo", repositoryClient))
  await emulator.control.clearRequests()
})

afterAll(() => emulator.close())

const read = (query: Partial<RepositoryQuery> = {}, workspace = "emulated-works") =>
  getRepositories(clientWith(accessToken), workspace, { search: "", sort: "name", page: 1, ...query }, reader)

async function sent() {
  return (await emulator.control.listRequests()).map(({ origin, path, query }) => ({ origin, path, query }))
}

const repositories = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    full_name: `emulated-works/repository-${from + index}`,
  }))

const answerWith = (body: object, times: number | null = null) =>
  emulator.control.addFault({
    match: { path },
    kind: "status",
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    times,
  })

describe("a person's search", () => {
  test.each([
    ["tools", 'name ~ "tools"'],
    ["  two   words ", 'name ~ "two" AND name ~ "words"'],
    [
      'x" OR is_private = false OR name ~ "',
      'name ~ "x" AND name ~ "OR" AND name ~ "is_private" AND name ~ "=" AND name ~ "false" AND name ~ "OR" AND name ~ "name" AND name ~ "~"',
    ],
    ['\\" OR name ~ \\"', 'name ~ "OR" AND name ~ "name" AND name ~ "~"'],
    ["ends with \\", 'name ~ "ends" AND name ~ "with"'],
    ["a\u0000b\nc", 'name ~ "a" AND name ~ "b" AND name ~ "c"'],
    ["Žofie's 100%", `name ~ "Žofie's" AND name ~ "100%"`],
  ])("%j asks for %s", (search, condition) => {
    expect(nameCondition(search)).toBe(condition)
  })

  test.each(["", "   ", '"', '\\"\\'])("%j asks for nothing", (search) => {
    expect(nameCondition(search)).toBeNull()
  })

  test("no search writes a quote or a backslash into a string, and none asks for more than eight words", () => {
    const condition = nameCondition(
      `"\\ `.repeat(20) + Array.from({ length: 40 }, (_, i) => `w${i}`).join('"'),
    )
    expect(condition?.match(/"/g)).toHaveLength(16)
    expect(condition).not.toContain("\\")
  })

  test("is found by every word, whatever the case", async () => {
    const { items, total } = await read({ search: "REPOSITORY 13" })
    expect(items.map(({ slug }) => slug)).toEqual([
      "repository-013",
      "repository-113",
      ...["130", "131", "132", "133", "134", "135", "136", "137"].map((number) => `repository-${number}`),
    ])
    expect(total).toBe(10)
    expect((await sent())[0]?.query).toMatchObject({ q: 'name ~ "REPOSITORY" AND name ~ "13"' })
  })

  test("finds nothing by pretending to be a condition", async () => {
    expect((await read({ search: '" OR name ~ "Repository' })).items).toEqual([])
  })
})

describe("the list of a workspace", () => {
  test("describes each repository", async () => {
    const { items } = await read({}, "demo")
    expect(items[1]).toEqual({
      workspace: "demo",
      workspaceName: "Demo Person",
      slug: "reykjavik-notes",
      name: "Reykjavík Notes",
      description: "Written on the way.",
      isPrivate: true,
      language: null,
      updatedOn: "2021-01-01T00:00:00.000000+00:00",
    })
    expect((await sent())[0]).toEqual({
      origin: "api",
      path: "/2.0/repositories/demo",
      query: {
        pagelen: "50",
        sort: "name",
        fields:
          "next,size,values.full_name,values.name,values.description,values.is_private,values.language,values.updated_on,values.workspace.name",
      },
    })
  })

  test.each([
    ["updated", "-updated_on", "repository-137"],
    ["oldest", "updated_on", "repository-001"],
    ["name-desc", "-name", "repository-137"],
  ] as const)("in the order %s asks for %s", async (sort, sent_, first) => {
    expect((await read({ sort })).items[0]?.slug).toBe(first)
    expect((await sent())[0]?.query).toMatchObject({ sort: sent_ })
  })

  test("leaves out an entry that it cannot read, and keeps the others", async () => {
    await answerWith({
      values: [
        { full_name: "no-slash" },
        { full_name: "a/b/c" },
        7,
        { full_name: "emulated-works/odd", name: 5, is_private: "yes", language: 3, updated_on: "soon" },
      ],
    })
    expect((await read()).items).toEqual([
      {
        workspace: "emulated-works",
        workspaceName: null,
        slug: "odd",
        name: "odd",
        description: null,
        isPrivate: null,
        language: null,
        updatedOn: null,
      },
    ])
  })

  test("without the scope is refused with the scope's name", async () => {
    ;({ accessToken } = await obtainGrant(emulator.siteUrl, "zoe"))
    await expect(read()).rejects.toMatchObject({
      code: "insufficient_scope",
      missingScopes: ["repository"],
    })
  })
})

describe("the workspaces of a person", () => {
  const listed = (slug: string) => ({
    uuid: `{${randomUUID()}}`,
    slug,
    isAdministrator: true,
    avatarUrl: null,
  })
  const describeAll = async (slugs: string[], canCount = true) =>
    (await describeWorkspaces(clientWith(accessToken), slugs.map(listed), canCount)).map(
      ({ name, repositoryCount }) => [name, repositoryCount],
    )

  test("have a name and a number of repositories, by one call each", async () => {
    expect(await describeAll(["demo", "emulated-works"])).toEqual([
      ["Demo Person", 3],
      ["Emulated Works", 137],
    ])
    expect(await sent()).toHaveLength(2)
  })

  test("have a name even if there is no repository in them", async () => {
    ;({ accessToken } = await obtainGrant(emulator.siteUrl, "many", repositoryClient))
    expect(await describeAll(["many"])).toEqual([["Manu Many", 0]])
  })

  test("have only a name if the person did not allow reading repositories", async () => {
    expect(await describeAll(["emulated-works"], false)).toEqual([["Emulated Works", null]])
    expect((await sent()).map(({ path }) => path)).not.toContain(path)
  })

  test("are listed without what Bitbucket does not tell", async () => {
    await emulator.control.addFault({ match: { path }, kind: "status", status: 503, times: null })
    expect(await describeAll(["demo", "emulated-works"])).toEqual([
      ["Demo Person", 3],
      [null, null],
    ])
  })

  test("are not asked for one by one if there are many", async () => {
    const slugs = Array.from({ length: 11 }, (_, index) => `works-${index}`)
    expect(await describeAll(slugs)).toEqual(slugs.map(() => [null, null]))
    expect(await sent()).toEqual([])
  })
})

describe("a search of all workspaces", () => {
  const find = (words: string) => findRepositories(clientWith(accessToken), words)

  test("finds the last changed first, and says where there are more", async () => {
    const found = await find("e")
    expect(found.repositories.slice(0, 2).map(({ slug }) => slug)).toEqual([
      "repository-137",
      "repository-136",
    ])
    expect(found).toMatchObject({ more: ["emulated-works"], unlisted: [], onlySearched: null })
  })

  test("without a word finds what changed last", async () => {
    expect((await find("")).repositories).toHaveLength(13)
  })

  test("names the workspace whose repositories Bitbucket does not list, and finds those of the others", async () => {
    await emulator.control.addFault({ match: { path }, kind: "status", status: 503, times: null })
    const found = await find("hello")
    expect(found.repositories.map(({ slug }) => slug)).toEqual(["hello-world"])
    expect(found).toMatchObject({ unlisted: ["emulated-works"] })
  })

  test("says that there are more if Bitbucket lists what cannot be read, or leads elsewhere", async () => {
    await answerWith({ values: [7, ...repositories(1, 2)] }, 1)
    expect(await find("")).toMatchObject({ more: ["emulated-works"] })
    await answerWith({ values: repositories(1, 2), next: "https://evil.example/2.0/repositories" }, 1)
    expect(await find("")).toMatchObject({ more: ["emulated-works"] })
  })

  test("fails if Bitbucket lists those of no workspace", async () => {
    const all = { path: "/2.0/repositories/*" }
    await emulator.control.addFault({ match: all, kind: "status", status: 503, times: null })
    await expect(find("hello")).rejects.toMatchObject({ code: "unavailable" })
  })

  test("without the scope is refused with the scope's name", async () => {
    ;({ accessToken } = await obtainGrant(emulator.siteUrl, "zoe"))
    await expect(find("hello")).rejects.toMatchObject({ code: "insufficient_scope" })
  })
})

describe("pages", () => {
  test("follow Bitbucket's own pages, no further than necessary", async () => {
    expect(await read()).toMatchObject({ number: 1, hasNext: true, total: 137, isCutShort: false })
    expect(await sent()).toHaveLength(1)

    await emulator.control.clearRequests()
    const { items, ...page } = await read({ page: 4 })
    expect(page).toEqual({ number: 4, hasNext: true, total: 137, isCutShort: false })
    expect([items.length, items[0]?.slug]).toEqual([25, "repository-076"])
    const [request, ...others] = await sent()
    expect(request).toMatchObject({ path, query: { page: "2", sort: "name" } })
    expect(others, "the way there is known").toEqual([])
  })

  test("are followed separately for each person and each list", async () => {
    await read({ page: 6 })
    await emulator.control.clearRequests()
    await read({ page: 6, sort: "oldest" })
    expect((await sent()).map(({ query }) => query.page)).toEqual([undefined, "2", "3"])
    await emulator.control.clearRequests()
    reader = randomUUID()
    await read({ page: 6 })
    expect((await sent()).map(({ query }) => query.page)).toEqual([undefined, "2", "3"])
  })

  test("take at most three calls, whatever number the address has, and the next ones go on from there", async () => {
    for (const page of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 1])
      await answerWith(
        {
          values: repositories(page * 50 - 49, page * 50),
          next: `${emulator.apiUrl}${path}?page=${page + 1}`,
        },
        1,
      )
    const seen = []
    for (const page of [80, 80, 13, 80, 9_999, 1]) {
      await emulator.control.clearRequests()
      const { number, items, hasNext } = await read({ page })
      seen.push([number, items[0]?.slug, hasNext, (await sent()).length])
    }
    expect(seen).toEqual([
      [6, "repository-126", true, 3],
      [12, "repository-276", true, 3],
      [13, "repository-301", true, 1],
      [20, "repository-476", true, 3],
      [26, "repository-626", true, 3],
      [1, "repository-1", true, 1],
    ])
  })

  test("of a list that has become shorter are those that exist now", async () => {
    expect(await read({ page: 6 })).toMatchObject({ number: 6 })
    for (const values of [[], [], repositories(1, 40)]) await answerWith({ values, size: 40 }, 1)
    await emulator.control.clearRequests()
    const { items, ...page } = await read({ page: 6 })
    expect(page).toMatchObject({ number: 2, hasNext: false, total: 40 })
    expect([items[0]?.slug, items.at(-1)?.slug]).toEqual(["repository-26", "repository-40"])
    expect((await sent()).map(({ query }) => query.page)).toEqual(["3", "2", undefined])
  })

  test("are followed from the first one at the next view if Bitbucket refuses a remembered address", async () => {
    await read({ page: 2 })
    await emulator.control.addFault({ match: { path }, kind: "status", status: 404 })
    await expect(read({ page: 3 })).rejects.toMatchObject({ code: "not_found" })
    expect(await read({ page: 3 })).toMatchObject({ number: 3 })
    expect((await sent()).map(({ query }) => query.page)).toEqual([undefined, "2", undefined, "2"])
  })

  test("end with the last one, which a higher number gives too", async () => {
    for (const page of [6, 7, 9_999]) {
      const { items, ...rest } = await read({ page })
      expect(rest).toEqual({ number: 6, hasNext: false, total: 137, isCutShort: false })
      expect(items.map(({ slug }) => slug).at(-1)).toBe("repository-137")
      expect(items).toHaveLength(12)
    }
  })

  test("of an empty list are one empty page", async () => {
    expect(await read({ page: 3 }, "many")).toEqual({
      items: [],
      number: 1,
      hasNext: false,
      total: 0,
      isCutShort: false,
    })
  })

  test("have no total if Bitbucket gives none", async () => {
    await answerWith({ values: repositories(1, 26), next: "" })
    expect(await read()).toMatchObject({ hasNext: true, total: null, isCutShort: false })
  })

  describe.each([
    ["another origin", () => `https://evil.example${path}?page=2`],
    ["Bitbucket's site instead of its API", () => `${emulator.siteUrl}${path}?page=2`],
    ["another list", () => `${emulator.apiUrl}/2.0/repositories/locked-works?page=2`],
    ["a path above it", () => `${emulator.apiUrl}${path}/../northern-lights?page=2`],
    ["a host hidden behind a user name", () => `${emulator.apiUrl.replace("//", "//api.example@")}${path}`],
    ["an address without an origin", () => `${path}?page=2`],
    ["no address at all", () => "javascript:alert(1)"],
  ])("that lead to %s", (_, next) => {
    test("are not followed, and the list says that it is not whole", async () => {
      await answerWith({ values: repositories(1, 50), next: next() })
      expect(await read()).toMatchObject({ hasNext: true, isCutShort: false })
      expect(await read({ page: 2 })).toMatchObject({ number: 2, hasNext: false, isCutShort: true })
      expect(await read({ page: 3 })).toMatchObject({ number: 2, hasNext: false, isCutShort: true })
      expect((await sent()).map(({ origin, path: at }) => origin + at)).toEqual(Array(3).fill(`api${path}`))
    })
  })

  test("that lead in a circle are noticed the second time round", async () => {
    const next = `${emulator.apiUrl}${path}?page=2`
    await answerWith({ values: repositories(1, 50), next })
    expect(await read({ page: 4 })).toMatchObject({ number: 4, hasNext: true })
    await emulator.control.clearRequests()
    await expect(read({ page: 5 })).rejects.toMatchObject({ code: "incomplete_list" })
    expect((await sent()).length).toBeLessThanOrEqual(2)
  })

  test("that are always empty are not followed forever", async () => {
    for (let number = 1; number <= 60; number++)
      await answerWith({ values: [], next: `${emulator.apiUrl}${path}?page=${number}` }, 1)
    expect(await read()).toMatchObject({ items: [], number: 1, hasNext: true })
    expect(await sent()).toHaveLength(3)
    for (const page of [2, 9, 80]) expect(await read({ page })).toMatchObject({ items: [], number: 1 })
    expect(await sent()).toHaveLength(12)
  })
})
