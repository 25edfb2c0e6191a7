import { expect, test } from "vitest"
import { redactAddress, redactAuthorization, redactParameters } from "./redaction.ts"

test("a parameter is secret unless it is declared public", () => {
  const redacted = redactParameters(
    new URLSearchParams({ code: "abcdefghijklmnopqr", novel_token: "x".repeat(40) }),
  )
  expect(redacted.code).toMatch(/^\[18 characters, #[0-9a-f]{4}\]$/)
  expect(redacted.novel_token).toMatch(/^\[40 characters, #[0-9a-f]{4}\]$/)
})

test("a password leaves neither its length nor a fingerprint", () => {
  expect(redactParameters(new URLSearchParams({ password: "correct horse battery staple" }))).toEqual({
    password: "[redacted]",
  })
})

test("the same state has the same fingerprint, so a trace can follow it", () => {
  const sent = redactAddress("/site/oauth2/authorize?state=0123456789abcdef0123")
  const returned = redactAddress("http://localhost:3000/callback?state=0123456789abcdef0123")
  expect(sent.split("?")[1]).toBe(returned.split("?")[1])
  expect(sent).not.toContain("0123456789abcdef0123")
})

test("an address inside an address is redacted too", () => {
  const next = "/site/oauth2/authorize?client_id=key&state=0123456789abcdef0123"
  const redacted = redactAddress(`/account/signin/?next=${encodeURIComponent(next)}`, (key) => key === "key")
  expect(redacted).toContain("client_id=key")
  expect(redacted).not.toContain("0123456789abcdef0123")
})

test("a client's key is shown only if it is one: anything else in its place is a secret", () => {
  const parameters = new URLSearchParams({ client_id: "x".repeat(40), oauth_consumer_key: "key" })
  expect(redactParameters(parameters, (key) => key === "key")).toEqual({
    client_id: expect.stringMatching(/^\[40 characters, #/),
    oauth_consumer_key: "key",
  })
  expect(redactParameters(parameters).oauth_consumer_key).toBe("[3 characters]")
})

test("a fragment, where an implicit grant would put its token, is dropped", () => {
  expect(redactAddress("http://localhost:3000/#access_token=secret")).toBe("http://localhost:3000/")
})

test.each([
  "Bearer sometoken0123456789",
  "Basic a2V5OnNlY3JldA==",
  "sometoken0123456789",
  "sometoken0123456789 x",
])("of the header %j only the scheme is kept", (authorization) => {
  const redacted = redactAuthorization(authorization)
  expect(redacted).not.toMatch(/sometoken|a2V5/)
})
