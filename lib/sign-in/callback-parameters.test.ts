import { describe, expect, test } from "vitest"
import { parseCallbackParameters } from "./callback-parameters"

const read = (query: string) => parseCallbackParameters(new URL(`https://app.example/callback?${query}`))

describe("an authorization response", () => {
  test.each([
    ["code=c&state=s", { state: "s", error: null }],
    ["state=s&code=c&iss=https%3A%2F%2Fbitbucket.org", { state: "s", error: null }],
    ["error=access_denied&error_description=no&state=s", { state: "s", error: "access_denied" }],
    ["code=c&state=s&session_state=ignored&id_token=ignored", { state: "s", error: null }],
  ])("is %s", (query, parameters) => {
    expect(read(query)).toEqual(parameters)
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
    `code=c&state=s&padding=${"x".repeat(9_000)}`,
  ])("is not %s", (query) => {
    expect(read(query)).toBeNull()
  })
})
