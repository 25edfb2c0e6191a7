import { stdout } from "node:process"
import { Strategy } from "passport-bitbucket-oauth20"
import { Browser, locationOf } from "../browser.ts"
import { decideRequest } from "../clients/passport.ts"
import { demoClient } from "../oauth-client.ts"

/** Run in a network in which bitbucket.org is an emulator: passport-bitbucket-oauth20 without any address in its options. */
const strategy = new Strategy(
  {
    clientID: demoClient.key,
    clientSecret: demoClient.secret,
    callbackURL: "http://localhost:3000/auth/bitbucket/callback",
    state: true,
  },
  (accessToken, _refreshToken, profile, done) => done(null, { accessToken, profile }),
)
const session = {}
const start = await decideRequest(strategy, { query: {}, session })
if (start.outcome !== "redirect") throw start
const browser = new Browser({ siteUrl: start.location.origin })
await browser.signIn("zoe")
const callback = locationOf(await browser.decide("approve", Object.fromEntries(start.location.searchParams)))
const verdict = await decideRequest(strategy, { query: Object.fromEntries(callback.searchParams), session })
if (verdict.outcome !== "success") throw verdict
const { accessToken, profile } = verdict.user as {
  accessToken: string
  profile: { username: string; emails: { value: string }[] }
}
stdout.write(
  JSON.stringify({
    accessToken,
    username: profile.username,
    emails: profile.emails.map(({ value }) => value),
  }),
)
