import { expect, test } from "vitest"
import { parseWorkspaceSlug } from "./workspace-slug"

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
