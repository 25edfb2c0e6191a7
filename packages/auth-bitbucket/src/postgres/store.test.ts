import { expect, test } from "vitest"
import { connectionOf } from "./store.ts"

const row = {
  id: "11111111-2222-4333-8444-555555555555",
  account: "{11111111-2222-4333-8444-555555555555}",
  sealedTokens: "sealed",
  scopes: ["account"],
  version: 3,
  status: "active",
  failures: 0,
  lastFailure: null,
  connectedAt: new Date("2026-11-30T20:00:00Z"),
  refreshedAt: null,
  lastFailureAt: null,
}

test.each([
  ["dates", (text: string) => new Date(text)],
  ["Postgres's text", (text: string) => text.replace("T", " ").replace("Z", "+00")],
  [
    "Postgres's text in another time zone",
    (text: string) => `${text.replace("T21", " 23").replace("Z", "+02")}`,
  ],
  [
    "Postgres's text with half an hour",
    (text: string) => text.replace("T21:0", " 15:3").replace("Z", "-05:30"),
  ],
])("a driver may give timestamps as %s", (_, given) => {
  const connection = connectionOf({
    ...row,
    issuedAt: given("2026-11-30T21:00:00.123456Z"),
    expiresAt: given("2026-11-30T21:08:20.123456Z"),
    readAt: given("2026-11-30T21:03:20.123456Z"),
    retryAt: given("2026-11-30T21:03:30.123456Z"),
    leaseUntil: given("2026-11-30T21:03:25.123456Z"),
  })
  expect(connection).toMatchObject({
    issuedAt: new Date("2026-11-30T21:00:00.123Z"),
    remainingSeconds: 300,
    lifetimeSeconds: 500,
    retryInSeconds: 10,
    isLeased: true,
    isRefreshPending: true,
  })
})

test("a timestamp in any other form is refused", () => {
  const times = { issuedAt: "yesterday", expiresAt: "now", readAt: "now", retryAt: null, leaseUntil: null }
  expect(() => connectionOf({ ...row, ...times })).toThrow(TypeError)
})

const times = {
  issuedAt: new Date("2026-11-30T21:00:00Z"),
  expiresAt: new Date("2026-11-30T23:00:00Z"),
  readAt: new Date("2026-11-30T22:00:00Z"),
  retryAt: null,
  leaseUntil: null,
}

test("a reason that a newer version wrote is kept as it is", () => {
  expect(connectionOf({ ...row, ...times, lastFailure: "of_a_newer_version" })).toMatchObject({
    lastFailure: "of_a_newer_version",
  })
})

test.each([
  ["a missing column", { account: undefined }, "account"],
  ["a number as text", { version: "3" }, "version"],
  ["no list of scopes", { scopes: "account" }, "scopes"],
  ["a token in the wrong column", { id: { token: "canary" } }, "id"],
])("a row with %s is refused, and the error names the column without its value", (_, wrong, column) => {
  const read = () => connectionOf({ ...row, ...times, ...wrong })
  expect(read).toThrow(TypeError)
  const cause = caughtFrom(read).cause
  expect(String(cause)).toContain(column)
  expect(String(cause)).not.toContain("canary")
})

function caughtFrom(read: () => unknown): Error {
  try {
    read()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error("It did not throw an error")
}
