import { describe, expect, test } from "vitest"
import { tokenResponseSchema } from "./token-set.ts"

const response = { access_token: "access", refresh_token: "refresh", token_type: "bearer", expires_in: 7200 }

const read = (overrides: Record<string, unknown>) =>
  tokenResponseSchema.safeParse({ ...response, ...overrides }).data

describe("a token response", () => {
  test.each([
    ["scope, of Bitbucket since May 2026", { scope: "account email" }],
    ["scopes, of Bitbucket before", { scopes: "account email" }],
    ["commas instead of spaces", { scope: "account,email" }],
    ["both keys during the change", { scope: "account email", scopes: "account" }],
    ["a list", { scope: ["account", "email"] }],
    ["a list of lists", { scopes: ["account email"] }],
    ["a scope twice", { scope: "account email account" }],
  ])("says what was granted by %s", (_, overrides) => {
    expect(read(overrides)?.scopes).toEqual(["account", "email"])
  })

  test("with half a character or NUL in a scope is one that Postgres can store", () => {
    expect(read({ scope: "account \ud83d em\0ail" })?.scopes).toEqual(["account", "\ufffd", "em\ufffdail"])
  })

  test.each([
    {},
    { scope: null },
    { scope: null, scopes: null },
    { scope: 7 },
    { scope: [7] },
    { scope: {} },
  ])("that does not say what was granted (%j) changes nothing about it", (overrides) => {
    expect(read(overrides)?.scopes).toBeNull()
  })

  test.each(["bearer", "Bearer", "BEARER", undefined, null])(
    "may write its token type as %s",
    (token_type) => {
      expect(read({ token_type })?.accessToken).toBe("access")
    },
  )

  test("of another token type is refused", () => {
    expect(read({ token_type: "mac" })).toBeUndefined()
  })

  test.each([
    [7200, 7200],
    ["7200", 7200],
    [5, 5],
    [undefined, 7200],
    [null, 7200],
    [0, 60],
    [-1, 60],
    ["soon", 60],
    [1e300, 86_400],
  ])("with expires_in %s lives %s seconds", (expires_in, seconds) => {
    expect(read({ expires_in })?.lifetimeSeconds).toBe(seconds)
  })

  test.each([undefined, null, ""])("with refresh_token %j brings none", (refresh_token) => {
    expect(read({ refresh_token })?.refreshToken).toBeNull()
  })

  test.each(["", "line\r\nbreak", "nul\0", "tökén", 7, null])(
    "with the access token %j is refused",
    (access_token) => {
      expect(read({ access_token })).toBeUndefined()
    },
  )

  test("may hold tokens of 8,000 characters", () => {
    expect(read({ access_token: "a".repeat(8_000) })?.accessToken).toHaveLength(8_000)
  })
})
