import { describe, expect, test } from "vitest"
import {
  describeSignInFailure,
  parseSignInFailureCode,
  type SignInFailureCode,
  signInFailures,
} from "./failures"

const codes = Object.keys(signInFailures) as SignInFailureCode[]

describe("the text for a failed sign-in", () => {
  test("is a sentence of its own for each cause", () => {
    const titles = codes.map((code) => describeSignInFailure(code).title)
    expect(new Set(titles).size).toBe(codes.length)
  })

  test.each(codes)("speaks plainly of %s", (code) => {
    const { title, explanation } = describeSignInFailure(code)
    expect(`${title} ${explanation}`).not.toMatch(/oauth|token|jwt|server configuration|scope/i)
  })

  test.each(codes)("names no environment variable in the words on %s, which visitors can read", (code) => {
    const { variables, ...words } = describeSignInFailure(code)
    expect(JSON.stringify(words)).not.toMatch(/[A-Z]{3,}_[A-Z]/)
  })

  test.each([
    ["missing_scope", "missing_scope"],
    ["Configuration", "misconfigured"],
    ["AccessDenied", "access_denied"],
    ["MissingCSRF", "sign_in_expired"],
    ["OAuthCallbackError", "unknown"],
    ["<script>alert(1)</script>", "unknown"],
    ["__proto__", "unknown"],
    ["toString", "unknown"],
    [undefined, "unknown"],
    [["access_denied", "unknown"], "unknown"],
  ])("reads %s as %s", (word, code) => {
    expect(parseSignInFailureCode(word)).toBe(code)
  })
})
