import { beforeEach, expect, test } from "vitest"
import type { RefreshOutcome } from "@/lib/oauth/refresh-grant"
import { createClientHealth } from "./client-health"

const refused: RefreshOutcome = {
  ok: false,
  failure: {
    kind: "oauth_error",
    status: 400,
    error: "unauthorized_client",
    description: "Invalid OAuth client credentials",
    retryAfterSeconds: null,
  },
  cause: undefined,
}
const unexplained: RefreshOutcome = {
  ok: false,
  failure: { kind: "unexpected_answer", status: 401, retryAfterSeconds: null },
  cause: undefined,
}
const unanswered: RefreshOutcome = { ok: false, failure: { kind: "no_answer" }, cause: undefined }

let nowMs: number
let health: ReturnType<typeof createClientHealth>
beforeEach(() => {
  nowMs = 0
  health = createClientHealth(() => nowMs)
})
const refresh = (outcome: RefreshOutcome) => health.watch(async () => outcome)("a refresh token")

test("a client that Bitbucket refuses is refused until it is accepted", async () => {
  expect(health.isRefused()).toBe(false)
  await refresh(refused)
  expect(health.isRefused()).toBe(true)
  health.note(false)
  expect(health.isRefused()).toBe(false)
})

test("that Bitbucket does not answer says nothing of the client", async () => {
  await refresh(unanswered)
  expect(health.isRefused()).toBe(false)
  await refresh(refused)
  await refresh(unanswered)
  expect(health.isRefused()).toBe(true)
})

test("a refusal without a reason says nothing of the client", async () => {
  await refresh(refused)
  await refresh(unexplained)
  expect(health.isRefused()).toBe(true)
})

test("a server that is asked nothing any more takes a refusal back after five minutes", async () => {
  await refresh(refused)
  nowMs = 5 * 60_000 - 1
  expect(health.isRefused()).toBe(true)
  nowMs += 1
  expect(health.isRefused()).toBe(false)
})
