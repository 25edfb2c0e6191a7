import { expect, test } from "vitest"
import { isMemberOfAny, isNamed, parseWorkspaceName } from "./admission-question"

const uuid = "{aaaaaaaa-2222-4333-8444-555555555555}"
const workspaces = [{ uuid, slug: "acme" }]

test.each([
  ["its slug", ["acme"], true],
  ["its slug in capitals", ["ACME"], true],
  ["its uuid", [uuid], true],
  ["its uuid without braces, in capitals", ["AAAAAAAA-2222-4333-8444-555555555555"], true],
  ["another's slug", ["acme-evil"], false],
  ["a part of its slug", ["acm"], false],
  ["a display name, which anyone can choose", ["Acme Inc."], false],
  ["the uuid of another", [uuid.replace("aaaa", "bbbb")], false],
  ["its slug in braces", ["{acme}"], false],
  ["half a pair of braces", [uuid.slice(1)], false],
])("a workspace is recognized by %s: %j is %s", (_, allowed, isMember) => {
  expect(isMemberOfAny(workspaces, allowed)).toBe(isMember)
})

test.each([
  ["without braces", "aaaaaaaa-2222-4333-8444-555555555555"],
  ["in braces", uuid],
  ["in capitals", uuid.toUpperCase()],
])("an allowed UUID %s does not admit a person whose workspace has that UUID for its slug", (_, entry) => {
  const stranger = { uuid: "{99999999-2222-4333-8444-555555555555}", slug: uuid.slice(1, -1) }
  expect(isMemberOfAny([stranger], [entry])).toBe(false)
  expect(isMemberOfAny([stranger, ...workspaces], [entry])).toBe(true)
})

test.each([
  ["acme", { slug: "acme" }],
  ["ACME", { slug: "acme" }],
  [uuid, { uuid }],
  [uuid.slice(1, -1).toUpperCase(), { uuid }],
  ["{acme}", { slug: "{acme}" }],
])("the entry %s of an allow-list names a workspace by %j", (entry, name) => {
  expect(parseWorkspaceName(entry)).toEqual(name)
})

test("a slug with the form of a UUID is no UUID, and a UUID is no slug", () => {
  const bare = uuid.slice(1, -1)
  const other = "{99999999-2222-4333-8444-555555555555}"
  expect(isNamed({ uuid }, { uuid: other, slug: bare })).toBe(false)
  expect(isNamed({ slug: bare }, { uuid, slug: "acme" })).toBe(false)
})

test("a person without a workspace is a member of none", () => {
  expect(isMemberOfAny([], ["acme"])).toBe(false)
})
