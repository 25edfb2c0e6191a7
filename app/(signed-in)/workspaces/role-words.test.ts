import { expect, test } from "vitest"
import { roleInWords } from "./role-words"

test.each([
  ["owner", "Owner"],
  ["create-project", "Member who may create projects"],
  ["member", "Member"],
  ["something-new", "something-new"],
  [null, null],
])("the role %j reads as %j", (role, words) => {
  expect(roleInWords(role)).toBe(words)
})
