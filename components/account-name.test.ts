import { describe, expect, test } from "vitest"
import { accountName, initialsOf } from "./account-name"

const named = (displayName: string | null, nickname: string | null = null) => ({
  displayName,
  nickname,
  username: null,
})

describe("a person's name", () => {
  test("falls back from the display name to the nickname to a plain word", () => {
    expect(accountName(named("Ada Lovelace", "ada"))).toBe("Ada Lovelace")
    expect(accountName(named(null, "ada"))).toBe("ada")
    expect(accountName(named(null))).toBe("Bitbucket account")
  })

  test.each([
    ["Ada Lovelace", "AL"],
    ["ada", "A"],
    ["Jean-Luc van der Berg", "JB"],
    ["Žofie Čapková", "ŽČ"],
    ["李 小龍", "李小"],
    ["(Ada) [bot]", "AB"],
    ["🙂", null],
    ["Former user", null],
  ])("takes initials of %s from letters only", (name, initials) => {
    expect(initialsOf(named(name))).toBe(initials)
  })

  test("has no initials for an account without a name", () => {
    expect(initialsOf(named(null))).toBeNull()
  })
})
