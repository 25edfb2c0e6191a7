import { expect, test } from "vitest"
import { grantsScope, isScope, maximalScopes } from "./scopes.ts"

test.each([
  ["account:write", "account"],
  ["project", "repository"],
  ["pullrequest", "repository"],
  ["pullrequest:write", "repository:write"],
  ["pullrequest:write", "repository"],
  ["repository:write", "repository"],
  ["issue:write", "issue"],
  ["snippet:write", "snippet"],
] as const)("%s brings %s along (BB-S1, BB-S3)", (granted, required) => {
  expect(grantsScope([granted], required)).toBe(true)
})

test.each([
  ["repository:admin", "repository"],
  ["repository:delete", "repository"],
  ["project:admin", "project"],
  ["webhook", "repository"],
  ["wiki", "repository"],
  ["email", "account"],
  ["account", "email"],
] as const)("%s does not imply %s (BB-S2)", (granted, required) => {
  expect(grantsScope([granted], required)).toBe(false)
})

test("the scope header lists only the topmost scopes (BB-S3, BB-H5)", () => {
  expect(maximalScopes(["pipeline", "pullrequest", "pullrequest:write", "repository", "account"])).toEqual([
    "pipeline",
    "pullrequest:write",
    "account",
  ])
})

test.each(["read:user:bitbucket", "toString", ""])("%j is not a scope of an OAuth client (BB-S7)", (name) => {
  expect(isScope(name)).toBe(false)
})
