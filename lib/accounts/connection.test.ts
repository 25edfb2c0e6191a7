import { inspect } from "node:util"
import { expect, test } from "vitest"
import type { DatabaseError } from "@/lib/db/errors"
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
  ["kind", "canary", "kind"],
  ["issuer", { token: "canary" }, "issuer"],
  ["profileAgeSeconds", "canary", "profileAgeSeconds"],
  ["profile", { account: "canary" }, "profile.account"],
  ["profile", { ...row.profile, emails: [{ canary: "canary" }] }, "profile.emails.0.address"],
  ["scopes", "canary", "scopes"],
  ["issuedAt", "canary", "row"],
])(
  "a row with a wrong %s is refused, and the error contains its name but not its value",
  (column, value, reason) => {
    const outcome = (() => {
      try {
        return accountConnectionOf({ ...row, [column]: value })
      } catch (error) {
        return error
      }
    })()
    expect(outcome).toMatchObject({
      code: "database_row_unreadable",
      reason,
    } satisfies Partial<DatabaseError>)
    expect(inspect(outcome, { depth: 20, showHidden: true })).not.toContain("canary")
  },
)
