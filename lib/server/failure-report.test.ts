import { beforeEach, expect, test, vi } from "vitest"
import { DatabaseError } from "@/lib/db/errors"
import { framesOf, reportFailure } from "./failure-report"
import { log } from "./log"

vi.mock("./log", () => ({ log: { error: vi.fn() } }))

const lines = () => vi.mocked(log.error).mock.calls

beforeEach(() => vi.clearAllMocks())

function failWith(message: string, cause?: unknown): Error {
  return new TypeError(message, { cause })
}

test("a failure is one line with its code, an id and its place in the code, and no part of its message", () => {
  const error = failWith(
    "for demo@example.com\n    at demo@example.com (/home/demo/secret.ts:1:1)\n    at /etc/token-abc:1:2",
  )
  const id = reportFailure("request_failed", error)
  expect(lines()).toEqual([
    [
      "request_failed",
      {
        code: "TypeError",
        id,
        stack: expect.arrayContaining([
          expect.stringMatching(/^failWith lib\/server\/failure-report\.test\.ts:\d+:\d+$/),
        ]),
      },
    ],
  ])
  expect(JSON.stringify(lines())).not.toMatch(/demo|secret|token/)
})

test("an error that reaches several listeners is reported once", () => {
  const error = failWith("once")
  reportFailure("request_failed", error)
  reportFailure("unexpected_error", error)
  expect(lines()).toHaveLength(1)
})

test("the report of a wrapped error names the innermost one, with the SQLSTATE", () => {
  const database = new DatabaseError("database_refused", { sqlState: "23505" })
  reportFailure("sign_in_failed", failWith("outer", { err: failWith("inner", database) }), {
    code: "internal_error",
  })
  expect(lines()).toEqual([
    ["sign_in_failed", expect.objectContaining({ code: "internal_error", reason: "23505" })],
  ])
})

test("the report of a thrown value that is not an error leaves out its text", () => {
  reportFailure("request_failed", "demo@example.com")
  expect(lines()).toEqual([["request_failed", { code: "unknown", stack: [], id: expect.any(String) }]])
})

test("a stack without a message keeps its frames", () => {
  expect(framesOf(new Error()).length).toBeGreaterThan(0)
})
