import { expect, test } from "vitest"
import { loadSeed } from "../seed.ts"
import { createState } from "../state.ts"
import { repositoryPermissionOf, workspacePermissionOf } from "../workspaces.ts"

test("the default seed contains the person and the client that other programs rely on", () => {
  const seed = loadSeed("default")
  expect(seed.people[0]).toMatchObject({
    username: "demo",
    password: "demo",
    emails: [{ email: "demo@example.com", is_primary: true, is_confirmed: true }],
  })
  expect(seed.clients[0]).toMatchObject({
    key: "emulatorClientKey1",
    secret: "emulatorClientSecret123456789012",
    scopes: ["account", "email"],
    callback_url: "http://localhost:3000",
  })
})

test.each(["zoe", "una", "nomail", "twins", "plain", "former", "longname", "noworkspace", "many", "locked"])(
  "%s is among the people, with a line that says why",
  (username) => {
    const person = loadSeed("default").people.find((candidate) => candidate.username === username)
    expect(person?.note).toMatch(/\S/)
  },
)

test("generated repositories have distinct names, slugs and ids", () => {
  const { workspaces } = createState(
    loadSeed({ workspaces: [{ slug: "w", repositories: { generate: 137 } }] }),
  )
  const repositories = workspaces.get("w")?.repositories ?? []
  expect(repositories[6]).toMatchObject({ name: "Repository 007", slug: "repository-007", is_private: true })
  expect(new Set(repositories.map(({ uuid }) => uuid)).size).toBe(137)
})

test("keys have 18 and secrets 32 characters, as Bitbucket's older clients do (BB-A1)", () => {
  for (const { key, secret } of loadSeed("default").clients) {
    expect([key.length, secret.length]).toEqual([18, 32])
  }
})

test("default identifiers are the same on every machine", () => {
  const person = createState(loadSeed({ people: [{ username: "ada", password: "x" }] })).people.get("ada")
  expect(person).toMatchObject({
    uuid: "{8a4c01c5-ee1d-538b-831d-d3f930b49ff8}",
    display_name: "ada",
    nickname: "ada",
  })
})

test("a person named like a property of JavaScript's objects is a stranger unless made a member", () => {
  const { workspaces } = createState(
    loadSeed({
      people: [{ username: "constructor", password: "x" }],
      workspaces: [{ slug: "w", repositories: [{ name: "One" }] }],
    }),
  )
  const workspace = workspaces.get("w")
  const [repository] = workspace?.repositories ?? []
  if (workspace === undefined || repository === undefined) throw new Error("The seed has both.")
  const visitor = { kind: "person", username: "constructor" } as const
  expect(workspacePermissionOf(workspace, visitor)).toBeNull()
  expect(repositoryPermissionOf(workspace, repository, visitor)).toBeNull()
})

test.each([
  ["a misspelt key", { people: [{ username: "ada", password: "x", pasword: "y" }] }],
  ["an unknown scope", { clients: [{ key: "k", secret: "s", name: "n", scopes: ["openid"] }] }],
  ["a uuid without braces", { people: [{ username: "ada", password: "x", uuid: "ad7d4354" }] }],
  ["an empty username", { people: [{ username: "", password: "x" }] }],
])("%s is refused", (_case, seed) => {
  expect(() => loadSeed(seed as Parameters<typeof loadSeed>[0])).toThrow()
})
