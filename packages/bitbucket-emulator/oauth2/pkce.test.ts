import { expect, test } from "vitest"
import { answersCodeChallenge } from "./pkce.ts"

test("the example of RFC 7636 Appendix B matches its challenge", () => {
  const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
  const authorization = {
    codeChallenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    codeChallengeMethod: "S256" as const,
  }
  expect(answersCodeChallenge(authorization, verifier)).toBe(true)
  expect(answersCodeChallenge(authorization, `${verifier}x`)).toBe(false)
})

test("only a plain challenge's own text matches it", () => {
  const authorization = { codeChallenge: "the-verifier", codeChallengeMethod: "plain" as const }
  expect(answersCodeChallenge(authorization, "the-verifier")).toBe(true)
  expect(answersCodeChallenge(authorization, "another-one1")).toBe(false)
})

test("a challenge without a verifier, and a verifier without a challenge, are both refused", () => {
  expect(answersCodeChallenge({ codeChallenge: "challenge", codeChallengeMethod: "S256" }, null)).toBe(false)
  expect(answersCodeChallenge({ codeChallenge: null, codeChallengeMethod: "plain" }, "verifier")).toBe(false)
  expect(answersCodeChallenge({ codeChallenge: null, codeChallengeMethod: "plain" }, null)).toBe(true)
})
