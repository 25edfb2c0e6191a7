import { expect, test } from "vitest"
import { isMemberOfAny } from "./workspaces"

const uuid = "{aaaaaaaa-2222-4333-8444-555555555555}"
const workspaces = [{ uuid, slug: "acme" }]

test.each([
  ["its slug", ["acme"], true],
  ["its slug in capitals", ["ACME"], true],
  ["its uuid", [uuid], true],
  ["its uuid without braces, in capitals", ["AAAAAAAA-2222-4333-8444-555555555555"], true],
  ["another's slug", ["acme-evil"], false],
  ["a part of its slug", ["acm"], false],
  ["a display name that anybody can choose", ["Acme Inc."], false],
])("a workspace is recognised by %s: %j is %s", (_, allowed, isMember) => {
  expect(isMemberOfAny(workspaces, allowed)).toBe(isMember)
})

test("somebody without a workspace is a member of none", () => {
  expect(isMemberOfAny([], ["acme"])).toBe(false)
})
