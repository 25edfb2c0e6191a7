import { expect, test } from "vitest"
import { parseRepositoryList, parseWorkspaceList, repositoriesPath, workspacesPath } from "./list-address"

test.each([
  [{}, { search: "", sort: "updated", page: 1 }],
  [
    { q: " tools ", sort: "name", page: "3" },
    { search: "tools", sort: "name", page: 3 },
  ],
  [
    { q: ["a", "b"], sort: ["name"], page: ["2", "3"] },
    { search: "", sort: "updated", page: 1 },
  ],
  [
    { q: "x".repeat(101), sort: "-updated_on", page: "0" },
    { search: "", sort: "updated", page: 1 },
  ],
  [
    { sort: "constructor", page: "-1" },
    { search: "", sort: "updated", page: 1 },
  ],
  [{ page: "1.5" }, { search: "", sort: "updated", page: 1 }],
  [{ page: "99999999999999999999" }, { search: "", sort: "updated", page: 1 }],
  [
    { page: "two", unknown: "x" },
    { search: "", sort: "updated", page: 1 },
  ],
])("the address's %j asks for %j", (query, list) => {
  expect(parseRepositoryList(query as Record<string, string>)).toEqual(list)
})

test("an address leaves out the defaults, and parsing it gives back the query", () => {
  expect(workspacesPath()).toBe("/workspaces")
  expect(workspacesPath({ page: 2 })).toBe("/workspaces?page=2")
  expect(parseWorkspaceList({ page: "2" })).toEqual({ search: "", page: 2, picked: null })
  const picked = { search: "", page: 1, picked: "acme/tools.js" }
  expect(workspacesPath(picked)).toBe("/workspaces?repository=acme%2Ftools.js")
  expect(parseWorkspaceList({ repository: "acme/tools.js" })).toEqual(picked)
  expect(repositoriesPath("acme")).toBe("/workspaces/acme")
  const query = { search: 'a&b="c" #d', sort: "name-desc", page: 4 } as const
  const { pathname, searchParams } = new URL(repositoriesPath("acme", query), "http://localhost")
  expect(pathname).toBe("/workspaces/acme")
  expect(parseRepositoryList(Object.fromEntries(searchParams))).toEqual(query)
})

test.each([
  "",
  "tools",
  "acme/",
  "/tools",
  "acme/tools/x",
  "../tools",
  "acme/..",
  "acme/.",
  "a b/c",
  ["a/b"],
])("an address picks no repository by the name %j", (repository) => {
  expect(parseWorkspaceList({ repository }).picked).toBeNull()
})
