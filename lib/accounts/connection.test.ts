import { expect, test } from "vitest"
import { accountConnectionOf } from "./connection"

const at = new Date("2026-11-30T21:00:00Z")

const row = {
  id: "11111111-2222-4333-8444-555555555555",
  account: "{11111111-2222-4333-8444-555555555555}",
  sealedTokens: "sealed",
  scopes: ["account"],
  version: 3,
  status: "active",
  failures: 0,
  lastFailure: null,
  issuedAt: at,
  expiresAt: at,
  connectedAt: at,
  readAt: at,
  refreshedAt: null,
  retryAt: null,
  lastFailureAt: null,
  leaseUntil: null,
  issuer: null,
  kind: "oauth2",
  staysConnected: false,
  profile: {
    account: {
      uuid: "{11111111-2222-4333-8444-555555555555}",
      nickname: "ada",
      displayName: null,
      username: null,
      avatarUrl: null,
      profileUrl: null,
      location: null,
      createdOn: null,
      status: null,
    },
    emails: null,
  },
  profileReadAt: at,
  profileAgeSeconds: 5,
  isProfileAsked: false,
  profileFailure: null,
  admittedAgeSeconds: 5,
  admissionRetryInSeconds: 0,
}

test("a reason that a newer server wrote is kept as it is", () => {
  const connection = accountConnectionOf({ ...row, profileFailure: "of_a_newer_server" })
  expect(connection).toMatchObject({ profileFailure: "of_a_newer_server", profileAgeSeconds: 5 })
})

test.each([
  ["kind", "canary"],
  ["issuer", { token: "canary" }],
  ["profileAgeSeconds", "canary"],
  ["profile", { account: "canary" }],
])("a row with a wrong %s is refused, and the error does not contain the value", (column, value) => {
  const outcome = (() => {
    try {
      return accountConnectionOf({ ...row, [column]: value })
    } catch (error) {
      return error
    }
  })()
  expect(outcome).toBeInstanceOf(Error)
  expect(String(outcome)).not.toContain("canary")
})
