import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { answersCodeChallenge } from "./pkce.ts"

const vectors =
  process.env.SHARED_VECTORS ?? fileURLToPath(new URL("../../../shared/vectors", import.meta.url))
const appendixB = `${vectors}/rfc7636.pkce-appendix-b.json`

test("the example of RFC 7636 Appendix B answers its challenge", ({ annotate }) => {
  if (!existsSync(appendixB)) return annotate(`${appendixB} is absent: the vector was not run`)
  const { verifier, challenge } = JSON.parse(readFileSync(appendixB, "utf8"))
  const authorization = { codeChallenge: challenge, codeChallengeMethod: "S256" as const }
  expect(answersCodeChallenge(authorization, verifier)).toBe(true)
  expect(answersCodeChallenge(authorization, `${verifier}x`)).toBe(false)
})

test("a plain challenge is answered by itself only", () => {
  const authorization = { codeChallenge: "the-verifier", codeChallengeMethod: "plain" as const }
  expect(answersCodeChallenge(authorization, "the-verifier")).toBe(true)
  expect(answersCodeChallenge(authorization, "another-one1")).toBe(false)
})

test("a challenge without a verifier, and a verifier without a challenge, are both refused", () => {
  expect(answersCodeChallenge({ codeChallenge: "challenge", codeChallengeMethod: "S256" }, null)).toBe(false)
  expect(answersCodeChallenge({ codeChallenge: null, codeChallengeMethod: "plain" }, "verifier")).toBe(false)
  expect(answersCodeChallenge({ codeChallenge: null, codeChallengeMethod: "plain" }, null)).toBe(true)
})
