import { expect, test } from "vitest"
import { activityIcon } from "./activity-icons"
import { activityInWords } from "./activity-words"

const limits = { idle: "7 days", absolute: "30 days" }

test.each([
  ["signed_in", "Firefox on Windows", "Signed in with Firefox on Windows"],
  ["signed_in", null, "Signed in"],
  ["signed_out", "Firefox on Windows", "Signed out of Firefox on Windows"],
  ["signed_out", null, "Signed out"],
  ["session_ended", "Firefox on Windows", "You signed out of Firefox on Windows on the Sessions page"],
  ["session_ended", "1", "You signed out of one browser on the Sessions page"],
  ["session_ended", "3", "You signed out of 3 browsers on the Sessions page"],
  ["session_ended", null, "You signed out of your other browsers on the Sessions page"],
  [
    "session_expired",
    "Firefox on Windows",
    "Signed out of Firefox on Windows: the session expired (7 days without a visit, or 30 days in all)",
  ],
  [
    "session_expired",
    null,
    "Signed out of a browser: the session expired (7 days without a visit, or 30 days in all)",
  ],
  ["renewal_failed", "operator_fault", "Renewal failed: Bitbucket does not recognize this site"],
  ["renewal_failed", "no_answer", "Renewal failed: Bitbucket did not answer as it should"],
  ["renewal_failed", "unexplained_refusal", "Renewal failed: Bitbucket refused it and did not say why"],
  ["renewal_failed", "tokens_unreadable", "Renewal failed: this site could not read its access keys"],
  ["connection_ended", "dead_grant", "Connection ended by Bitbucket"],
  [
    "connection_ended",
    "revoked_or_reused",
    "Connection ended: you removed your permission on Bitbucket, or one of this site’s access keys was used twice and Bitbucket ended it as a precaution",
  ],
  ["connection_ended", "tokens_unreadable", "Connection ended: this site can no longer read its access keys"],
  ["connection_ended", "no_refresh_token", "Connection ended: Bitbucket gave nothing to renew it with"],
  ["connection_ended", "from_the_future", "Connection ended"],
] as const)("%s with %s reads as %s", (kind, detail, sentence) => {
  expect(activityInWords({ kind, detail }, limits)).toBe(sentence)
})

test("a kind that this version does not know still gets a line", () => {
  expect(activityInWords({ kind: "from_the_future" as never, detail: null }, limits)).toBe(
    "Something happened",
  )
})

test("a connection that Bitbucket ended has another icon than one that its person ended", () => {
  expect(activityIcon("connection_ended")).not.toBe(activityIcon("disconnected"))
})
