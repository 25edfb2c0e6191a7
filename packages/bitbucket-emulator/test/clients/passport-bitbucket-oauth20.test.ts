import { Strategy } from "passport-bitbucket-oauth20"
import { expect, test } from "vitest"
import { Browser, locationOf } from "../browser.ts"
import { callApi, demoClient, refresh } from "../oauth-client.ts"
import { withEmulator } from "../with-emulator.ts"
import { decideRequest } from "./passport.ts"

const emulator = withEmulator()

interface SignedIn {
  readonly accessToken: string
  readonly refreshToken: string
  readonly profile: { readonly username: string; readonly emails: readonly { readonly value: string }[] }
}

function createStrategy(clientSecret = demoClient.secret) {
  const { siteUrl, apiUrl } = emulator.current
  const options = {
    authorizationURL: `${siteUrl}/site/oauth2/authorize`,
    tokenURL: `${siteUrl}/site/oauth2/access_token`,
    userProfileURL: `${apiUrl}/2.0/user`,
    userEmailsURL: `${apiUrl}/2.0/user/emails`,
    clientID: demoClient.key,
    clientSecret,
    callbackURL: "http://localhost:3000/auth/bitbucket/callback",
    state: true,
  }
  return new Strategy(options, (accessToken, refreshToken, profile, done) => {
    done(null, { accessToken, refreshToken, profile })
  })
}

async function signIn(strategy = createStrategy(), action: "approve" | "deny" = "approve") {
  const session = {}
  const start = await decideRequest(strategy, { query: {}, session })
  if (start.outcome !== "redirect") throw new Error("The strategy did not start an authorization.")
  const browser = new Browser(emulator.current)
  await browser.signIn("zoe")
  const request = Object.fromEntries(start.location.searchParams)
  const callback = locationOf(await browser.decide(action, request))
  return decideRequest(strategy, { query: Object.fromEntries(callback.searchParams), session })
}

test("passport-bitbucket-oauth20 signs a person in and reads profile and addresses", async () => {
  const verdict = await signIn()
  if (verdict.outcome !== "success") throw verdict
  const { accessToken, refreshToken, profile } = verdict.user as SignedIn
  expect(profile).toMatchObject({
    username: "zoe",
    displayName: "Zoë Ångström-Жукова",
    provider: "bitbucket",
  })
  expect(profile.emails.map(({ value }) => value)).toEqual(["zoe.work@example.com", "zoe@example.com"])
  expect((await callApi(emulator.current, "/2.0/user", accessToken)).status).toBe(200)
  expect((await refresh(emulator.current, refreshToken)).status).toBe(200)
})

test("passport-bitbucket-oauth20 fails after a denial", async () => {
  expect(await signIn(createStrategy(), "deny")).toMatchObject({ outcome: "fail" })
})

test("passport-bitbucket-oauth20 reports a wrong secret as an error of the token request (BB-E1)", async () => {
  expect(await signIn(createStrategy("wrong"))).toMatchObject({
    outcome: "error",
    reason: { code: "unauthorized_client", message: "Invalid OAuth client credentials" },
  })
})
