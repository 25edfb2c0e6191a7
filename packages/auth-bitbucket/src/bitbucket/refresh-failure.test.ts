import { describe, expect, test } from "vitest"
import { classifyRefreshFailure } from "./refresh-failure.ts"

const oauthError = (status: number, error: string, description = "") =>
  classifyRefreshFailure({ kind: "oauth_error", status, error, description, retryAfterSeconds: null })
const unexpected = (status: number) =>
  classifyRefreshFailure({ kind: "unexpected_answer", status, retryAfterSeconds: null })

describe("a failed refresh", () => {
  test.each([
    ["invalid_grant about the token", 400, "invalid_grant", "Invalid refresh_token"],
    ["invalid_grant without a description", 400, "invalid_grant", ""],
    ["Bitbucket's older invalid_request", 400, "invalid_request", "Invalid refresh_token"],
    ["the words of Data Center", 400, "invalid_request", "The provided refresh_token is invalid"],
  ])("ends the connection: %s", (_, status, error, description) => {
    expect(oauthError(status, error, description)).toBe("dead_grant")
  })

  test.each([400, 401, 403, 404])(
    "ends no connection and blames no one: a %i that says nothing",
    (status) => {
      expect(unexpected(status)).toBe("unexplained_refusal")
    },
  )

  test.each([
    ["a 401 with an unknown word", 401, "token_revoked"],
    ["a 400 with an unknown word", 400, "nonsense"],
  ])("ends no connection and blames no one: %s", (_, status, error) => {
    expect(oauthError(status, error)).toBe("unexplained_refusal")
  })

  test.each([
    [
      "a wrong client secret, in Bitbucket's word",
      400,
      "unauthorized_client",
      "Invalid OAuth client credentials",
    ],
    ["a wrong client secret, in the RFC's word", 401, "invalid_client", ""],
    ["a grant type that Bitbucket could not read", 400, "invalid_grant", "Unsupported grant type: None"],
    ["a client without callback", 400, "invalid_request", "No callback uri defined for the OAuth client."],
  ])("blames the deployment and no connection: %s", (_, status, error, description) => {
    expect(oauthError(status, error, description)).toBe("operator_fault")
  })

  test.each([408, 429, 500, 502, 503, 504, 200, 302])(
    "keeps people signed in: an unreadable %i",
    (status) => {
      expect(unexpected(status)).toBe("transient")
    },
  )

  test.each([408, 429, 500, 503])("keeps people signed in: invalid_grant with status %i", (status) => {
    expect(oauthError(status, "invalid_grant")).toBe("transient")
  })

  test("keeps people signed in: no answer at all", () => {
    expect(classifyRefreshFailure({ kind: "no_answer" })).toBe("transient")
  })
})
