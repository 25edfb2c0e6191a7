import { beforeEach, expect, test } from "vitest"
import { stubEnvironment } from "@/test/stub-environment"
import { addressWithin } from "./navigation"

const origin = "https://app.example"

beforeEach(() => stubEnvironment({ AUTH_URL: origin }))

test.each([
  ["/sessions?page=2#last", "/sessions?page=2#last"],
  ["//evil.example/sessions", "/profile"],
  ["/\\evil.example", "/profile"],
  ["https://evil.example", "/profile"],
  ["javascript:alert(1)", "/profile"],
  ["https://%", "/profile"],
])("a redirect to %s stays on the app", (path, landing) => {
  expect(addressWithin(new Request(`${origin}/api/auth/callback/bitbucket`), path)).toBe(origin + landing)
})
