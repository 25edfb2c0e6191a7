import { expect, test } from "vitest"
import { waitingWords } from "./waiting-words"

const lapsed = (lastFailure: string | null, failures = 1) => ({ lastFailure, failures, remainingSeconds: -1 })

test.each([null, "no_answer"])("after %s it is Bitbucket that does not answer", (reason) => {
  expect(waitingWords(lapsed(reason))).toMatchObject({
    title: "Bitbucket is not answering.",
    offersReconnect: false,
  })
})

test.each(["operator_fault", "token_refused", "tokens_unreadable", "unexplained_refusal"])(
  "after %s nobody says that Bitbucket does not answer",
  (reason) => {
    expect(waitingWords(lapsed(reason))).toMatchObject({
      title: "The connection could not be renewed.",
      offersReconnect: false,
    })
  },
)

test.each(["oauth_error", "unexpected_answer"])("after %s it is Bitbucket that cannot do it", (reason) => {
  expect(waitingWords(lapsed(reason))).toMatchObject({
    title: "Bitbucket cannot renew the connection at this moment.",
    offersReconnect: false,
  })
})

test("after three refusals without a reason, and not before, signing in again is offered", () => {
  expect(waitingWords(lapsed("unexplained_refusal", 2)).offersReconnect).toBe(false)
  expect(waitingWords(lapsed("unexplained_refusal", 3)).offersReconnect).toBe(true)
  expect(waitingWords(lapsed("no_answer", 30)).offersReconnect).toBe(false)
})
