import { createHash, timingSafeEqual } from "node:crypto"
import { type Bitbucket, contractOf } from "../bitbucket.ts"
import type { AuthorizationCode } from "../state.ts"

/** BB-A11, BB-D2: Cloud accepts any challenge and ignores it; Data Center checks it. */
export function verifiesCodeChallenges(bitbucket: Bitbucket): boolean {
  return bitbucket.config.pkce === "enforce" || contractOf(bitbucket).dataCenter !== null
}

/**
 * Whether `codeVerifier` matches the challenge of the authorization request (RFC 7636 §4.6). A verifier
 * without a challenge is refused as well: that is the downgrade of RFC 9700 §2.1.1.
 */
export function answersCodeChallenge(
  authorization: Pick<AuthorizationCode, "codeChallenge" | "codeChallengeMethod">,
  codeVerifier: string | null,
): boolean {
  const { codeChallenge, codeChallengeMethod } = authorization
  if (codeChallenge === null) return codeVerifier === null
  if (codeVerifier === null) return false
  const answer =
    codeChallengeMethod === "plain"
      ? codeVerifier
      : createHash("sha256").update(codeVerifier, "ascii").digest("base64url")
  const [given, expected] = [Buffer.from(answer), Buffer.from(codeChallenge)]
  return given.length === expected.length && timingSafeEqual(given, expected)
}
