import { expect, test } from "vitest"
import { parseOAuth1Callback } from "./callback-parameters"

const parse = (query: string) => parseOAuth1Callback(new URL(`https://app.example/callback?${query}`))

test("an answer names a request token and its verifier", () => {
  expect(parse("oauth_verifier=0123456789&oauth_token=t")).toEqual({ token: "t", verifier: "0123456789" })
})

test.each([
  "oauth_token=t&oauth_problem=permission_denied",
  "oauth_token=t&oauth_problem=permissions_denied",
  "oauth_token=t&oauth_verifier=denied",
  "denied=t",
])("%s is a refusal", (query) => {
  expect(parse(query)).toEqual({ token: "t", verifier: null })
})

test.each([
  "",
  "oauth_token=t",
  "oauth_token=t&oauth_verifier=",
  "oauth_token=&oauth_verifier=v",
  "oauth_verifier=v",
  "oauth_token=t&oauth_token=t&oauth_verifier=v",
  "oauth_token=t&oauth_verifier=v&oauth_verifier=w",
  "denied=t&denied=t",
  "code=c&state=s",
  "oauth_token=t&oauth_problem=token_rejected",
  `oauth_token=t&oauth_verifier=${"v".repeat(9_000)}`,
])("%s is not an answer", (query) => {
  expect(parse(query)).toBeNull()
})
