import { BitbucketError, type BitbucketErrorCode } from "auth-bitbucket/client"
import { TokenUnavailableError } from "auth-bitbucket/connections"
import { expect, test } from "vitest"
import type { ConnectionError } from "@/lib/accounts/connection-error"
import { failureText } from "./failure-text"

test.each([
  ["rate_limited", 17, "in 17 seconds"],
  ["rate_limited", 121, "in 3 minutes"],
  ["rate_limited", null, "in a few minutes"],
  ["unavailable", 1, "in a second"],
  ["asked_too_often", 17, "in 17 seconds"],
  ["unreachable", null, "in a minute or two"],
  ["unexpected_answer", null, "in a minute or two"],
  ["forbidden", null, null],
  ["forbidden", 17, null],
  ["endpoint_removed", null, null],
] as [BitbucketErrorCode, number | null, string | null][])(
  "after %s with a pause of %s seconds one tries again: %s",
  (code, retryAfterSeconds, retry) => {
    expect(failureText(new BitbucketError(code, { retryAfterSeconds })).retry).toBe(retry)
  },
)

test("a connection that cannot be renewed for a while says for how long", () => {
  const failure = new TokenUnavailableError("bitbucket_unavailable", {
    retryAfterSeconds: 29.5,
  }) as ConnectionError
  expect(failureText(failure)).toMatchObject({ title: "Bitbucket is not answering.", retry: "in 30 seconds" })
})
