import { describe, expect, test } from "vitest"
import { signInFailureCodes } from "@/lib/sign-in/failure-code"
import { parseFailure } from "./sign-in-failure-text"

describe("what people read when signing in failed", () => {
  test("is a sentence of its own for each cause", () => {
    const titles = signInFailureCodes.map((code) => parseFailure(code).text.title)
    expect(new Set(titles).size).toBe(signInFailureCodes.length)
  })

  test.each(signInFailureCodes)("speaks plainly of %s", (code) => {
    const { title, explanation } = parseFailure(code).text
    expect(`${title} ${explanation}`).not.toMatch(/oauth|token|jwt|server configuration|scope/i)
  })

  test.each([
    ["Configuration", "misconfigured"],
    ["AccessDenied", "access_denied"],
    ["MissingCSRF", "sign_in_expired"],
    ["OAuthCallbackError", "unknown"],
    ["<script>alert(1)</script>", "unknown"],
    ["__proto__", "unknown"],
    [undefined, "unknown"],
    [["access_denied", "unknown"], "unknown"],
  ])("reads %s as %s", (word, code) => {
    expect(parseFailure(word).code).toBe(code)
  })
})
