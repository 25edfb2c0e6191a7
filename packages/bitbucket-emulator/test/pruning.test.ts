import { expect, test } from "vitest"
import type { Bitbucket } from "../bitbucket.ts"
import { Clock } from "../clock.ts"
import { defaultConfig } from "../config.ts"
import { createRequestToken } from "../oauth1/tokens.ts"
import { pruneWhenDue } from "../oauth2/pruning.ts"
import { refreshTokenGrant } from "../oauth2/refresh-token-grant.ts"
import { createGrant, issueAccessToken, issueRefreshToken, revokeGrant } from "../oauth2/tokens.ts"
import { Randomness } from "../randomness.ts"
import { loadSeed } from "../seed.ts"
import { createState } from "../state.ts"

const DAY_MS = 86_400_000

function createBitbucket(): Bitbucket {
  const clock = new Clock()
  clock.freeze()
  return {
    clock,
    randomness: new Randomness(),
    config: { ...defaultConfig, token_length: 18 },
    state: createState(loadSeed("default")),
    siteUrl: "http://site.invalid",
    apiUrl: "http://api.invalid",
    hasLivePage: false,
  }
}

function authorize(bitbucket: Bitbucket, username = "demo") {
  const authorization = { clientKey: "emulatorClientKey1", username, scopes: [], flow: "oauth2" } as const
  return createGrant(bitbucket, authorization)
}

/** As many refreshes of one connection as in a long benchmark, pruned as the token endpoint does. */
function hammer(bitbucket: Bitbucket, grant: ReturnType<typeof authorize>, times: number): string {
  let newest = ""
  for (let count = 0; count < times; count += 1) {
    issueAccessToken(bitbucket, grant)
    newest = issueRefreshToken(bitbucket, grant)
    pruneWhenDue(bitbucket)
  }
  return newest
}

test("a benchmark on one connection leaves a few thousand tokens, including the newest", () => {
  const bitbucket = createBitbucket()
  const newest = hammer(bitbucket, authorize(bitbucket), 20_000)
  expect(bitbucket.state.accessTokens.size).toBeLessThan(5000)
  expect(bitbucket.state.refreshTokens.size).toBeLessThan(5000)
  expect(bitbucket.state.refreshTokens.has(newest)).toBe(true)
})

test("a user who does nothing in the meantime keeps their connection", () => {
  const bitbucket = createBitbucket()
  const quiet = issueRefreshToken(bitbucket, authorize(bitbucket, "zoe"))
  hammer(bitbucket, authorize(bitbucket), 20_000)
  expect(bitbucket.state.refreshTokens.has(quiet)).toBe(true)
})

test("a client that keeps using one refresh token keeps it, however many others it received (BB-C3)", () => {
  const bitbucket = createBitbucket()
  const presented = issueRefreshToken(bitbucket, authorize(bitbucket))
  const client = bitbucket.state.clients.get("emulatorClientKey1")
  if (client === undefined) throw new Error("The default seed lacks its first client.")
  const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: presented })
  for (let count = 0; count < 10_000; count += 1) {
    expect(refreshTokenGrant(bitbucket, client, form).ok).toBe(true)
    pruneWhenDue(bitbucket)
  }
})

test("many sign-ins of one person leave a bounded number of grants", () => {
  const bitbucket = createBitbucket()
  for (let count = 0; count < 20_000; count += 1) {
    issueRefreshToken(bitbucket, authorize(bitbucket))
    pruneWhenDue(bitbucket)
  }
  expect(bitbucket.state.grants.size).toBeLessThan(5000)
  expect(bitbucket.state.refreshTokens.size).toBeLessThan(5000)
})

test("revoked tokens and those expired for a day are dropped; valid ones are not", () => {
  const bitbucket = createBitbucket()
  const revoked = authorize(bitbucket, "una")
  const revokedToken = issueRefreshToken(bitbucket, revoked)
  revokeGrant(bitbucket, revoked)
  const old = issueAccessToken(bitbucket, authorize(bitbucket, "zoe"))
  bitbucket.clock.advance(2 * DAY_MS)
  const fresh = issueAccessToken(bitbucket, authorize(bitbucket, "zoe"))
  hammer(bitbucket, authorize(bitbucket), 4000)
  const { accessTokens, refreshTokens, grants } = bitbucket.state
  expect([accessTokens.has(old), accessTokens.has(fresh)]).toEqual([false, true])
  expect([refreshTokens.has(revokedToken), grants.has(revoked.id)]).toEqual([false, false])
})

test("an ordinary day's tokens are never scanned", () => {
  const bitbucket = createBitbucket()
  const expired = issueAccessToken(bitbucket, authorize(bitbucket))
  bitbucket.clock.advance(30 * DAY_MS)
  hammer(bitbucket, authorize(bitbucket), 100)
  expect(bitbucket.state.accessTokens.has(expired)).toBe(true)
})

test("abandoned request tokens stay few, and another client's are untouched (BB-O4)", () => {
  const bitbucket = createBitbucket()
  const callback = "http://localhost:3000"
  const quiet = createRequestToken(bitbucket, { clientKey: "emulatorNoEmailKey", callback })
  for (let count = 0; count < 10_000; count += 1) {
    createRequestToken(bitbucket, { clientKey: "emulatorClientKey1", callback })
    pruneWhenDue(bitbucket)
  }
  expect(bitbucket.state.requestTokens.size).toBeLessThan(5000)
  expect(bitbucket.state.requestTokens.has(quiet.token)).toBe(true)
})
