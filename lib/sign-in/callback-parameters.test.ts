import { describe, expect, test } from "vitest"
import { parseCallbackParameters } from "./callback-parameters"

const read = (query: string) => parseCallbackParameters(new URL(`https://app.example/callback?${query}`))

describe("an authorization response", () => {
  test.each([
    ["code=c&state=s", { error: null, search: "?code=c&state=s" }],
    ["code=c&state=s&iss=https%3A%2F%2Fa", { error: null, search: "?code=c&state=s&iss=https%3A%2F%2Fa" }],
    ["error=no&error_description=x&state=s", { error: "no", search: "?error=no&state=s" }],
    ["code=c&state=s&session_state=x&id_token=x&response=x", { error: null, search: "?code=c&state=s" }],
  ])("is %s, and Auth.js gets the part that it reads", (query, parameters) => {
    expect(read(query)).toEqual({ state: "s", ...parameters })
  })

  test("may refuse without a state, as some servers do", () => {
    const parameters = { state: null, error: "access_denied", search: "?error=access_denied" }
    expect(read("error=access_denied&error_description=x")).toEqual(parameters)
    expect(read("error=access_denied&state=")).toMatchObject({ state: null })
  })

  test.each([
    "",
    "code=c",
    "state=s",
    "code=&state=s",
    "code=c&state=",
    "code=1&code=2&state=s",
    "code=c&state=x&state=s",
    "code[]=c&state=s",
    "CODE=c&state=s",
    "code=c&error=access_denied&state=s",
    `code=${"c".repeat(2_049)}&state=s`,
    "code=%ff&state=s",
    "error=access_denied&state=s%00",
    "code=c&error=access_denied",
    "code=c%00&state=s",
    "code=c%0d%0a&state=s",
    "code=c&state=%E0",
  ])("is not %s", (query) => {
    expect(read(query)).toBeNull()
  })
})
