import { Strategy } from "passport-bitbucket"
import { expect, test } from "vitest"
import { locationOf } from "../browser.ts"
import { demoClient } from "../oauth-client.ts"
import { decide } from "../oauth1-client.ts"
import { withEmulator } from "../with-emulator.ts"
import { decideRequest } from "./passport.ts"

const emulator = withEmulator({ config: { oauth1: "on" } })

/** The strategy for OAuth 1.0a, with the trailing slashes that it adds by itself. */
function createStrategy(profilePath: string) {
  const { siteUrl, apiUrl } = emulator.current
  const options = {
    requestTokenURL: `${siteUrl}/api/1.0/oauth/request_token/`,
    accessTokenURL: `${siteUrl}/api/1.0/oauth/access_token/`,
    userAuthorizationURL: `${siteUrl}/api/1.0/oauth/authenticate/`,
    userProfileURL: `${apiUrl}${profilePath}`,
    consumerKey: demoClient.key,
    consumerSecret: demoClient.secret,
    callbackURL: "http://localhost:3000/auth/bitbucket/callback",
  }
  return new Strategy(options, (_token, _secret, profile, done) => done(null, profile))
}

async function signIn(profilePath: string, action: "approve" | "deny" = "approve") {
  const strategy = createStrategy(profilePath)
  const session = {}
  const start = await decideRequest(strategy, { query: {}, session })
  if (start.outcome !== "redirect") throw start
  const requestToken = { token: start.location.searchParams.get("oauth_token") ?? "", secret: "" }
  const { response } = await decide(emulator.current, requestToken, { username: "zoe", action })
  const query = Object.fromEntries(locationOf(response).searchParams)
  return decideRequest(strategy, { query, session })
}

test("passport-bitbucket signs a person in and reads the profile, slashes and all (BB-O1, EM-7)", async () => {
  expect(await signIn("/2.0/user/")).toMatchObject({
    outcome: "success",
    user: { username: "zoe", displayName: "Zoë Ångström-Жукова", provider: "bitbucket" },
  })
})

test("passport-bitbucket reads the profile of version 1.0 too (EM-6)", async () => {
  expect(await signIn("/1.0/user/")).toMatchObject({ outcome: "success", user: { username: "zoe" } })
})

test("passport-bitbucket does not sign in after a denial (BB-O9)", async () => {
  expect((await signIn("/2.0/user/", "deny")).outcome).not.toBe("success")
})
