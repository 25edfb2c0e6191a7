import type { FailureReason } from "auth-bitbucket/connections"
import { expect, test } from "vitest"
import { waitingWords } from "./waiting-words"

const expired = (lastFailure: FailureReason | null, failures = 1) => ({
  lastFailure,
  failures,
  remainingSeconds: -1,
})

test.each([null, "no_answer"] as const)(
  "after %s the page says that Bitbucket is not answering",
  (reason) => {
    expect(waitingWords(expired(reason))).toMatchObject({
      title: "Bitbucket is not answering.",
      offersReconnect: false,
    })
  },
)

test.each(["operator_fault", "token_refused", "tokens_unreadable", "unexplained_refusal"] as const)(
  "after %s the page does not say that Bitbucket is not answering",
  (reason) => {
    expect(waitingWords(expired(reason))).toMatchObject({
      title: "The connection could not be renewed.",
      offersReconnect: false,
    })
  },
)

test.each(["oauth_error", "unexpected_answer"] as const)(
  "after %s the page says that Bitbucket cannot do it at this moment",
  (reason) => {
    expect(waitingWords(expired(reason))).toMatchObject({
      title: "Bitbucket cannot renew the connection at this moment.",
      offersReconnect: false,
    })
  },
)

test("after three refusals without a reason, and not before, the page offers to sign in again", () => {
  expect(waitingWords(expired("unexplained_refusal", 2)).offersReconnect).toBe(false)
  expect(waitingWords(expired("unexplained_refusal", 3)).offersReconnect).toBe(true)
  expect(waitingWords(expired("no_answer", 30)).offersReconnect).toBe(false)
})
