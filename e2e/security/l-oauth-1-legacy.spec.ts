import { builtRoutes } from "./routes"
import { expect, test } from "./suite"

test("L1 while OAuth 1.0a is off it has no routes, and its callback does nothing", async ({
  visitor,
  emulator,
}) => {
  const { pages, handlers } = builtRoutes()
  expect([...pages, ...handlers].filter((path) => /oauth1/i.test(path))).toEqual([])
  for (const path of [
    "/oauth1/bitbucket/authorize",
    "/oauth1/bitbucket/authorize?next=/profile",
    "/oauth1/bitbucket/callback?oauth_token=t&oauth_verifier=v",
    "/oauth/bitbucket/oauth1",
    "/api/auth/callback/bitbucket-oauth1?oauth_token=t&oauth_verifier=v",
    "/api/auth/signin/bitbucket-oauth1",
  ]) {
    expect((await visitor.send(path)).status, path).toBe(404)
    expect((await visitor.send(path, { method: "POST" })).status, path).toBeGreaterThanOrEqual(400)
  }
  const mixed = await visitor.send("/api/auth/callback/bitbucket?oauth_token=t&oauth_verifier=v")
  expect(mixed.headers.location).toContain("/auth/error?error=callback_mismatch")
  expect(await emulator.control.listRequests()).toEqual([])
})
