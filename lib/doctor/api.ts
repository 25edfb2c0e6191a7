import { type Answer, probe } from "./probe"
import { type CheckResult, ok } from "./result"
import { apiPlace, notBitbucket, troubleOf } from "./trouble"

const id = "bitbucket.api"

/** Asks whose a made-up token is. */
export function tryApi(userUrl: string, fetch: typeof globalThis.fetch): Promise<Answer> {
  return probe(() => fetch(userUrl, { headers: { authorization: "Bearer setup-check" } }))
}

/** 401 is the right answer to a made-up token (BB-P2); 429 too says that it is there (BB-P12, BB-H1). */
export function readApiAnswer(answer: Answer): CheckResult {
  if (answer.kind === "answer" && answer.status === 401)
    return ok(id, "Bitbucket's API answers, and refused a made-up token, as it should.")
  if (answer.kind === "answer" && answer.status === 429)
    return ok(id, "Bitbucket's API answers; it has had enough calls without a sign-in from here this hour.")
  return troubleOf(id, answer, apiPlace) ?? notBitbucket(id, apiPlace)
}
