import * as oauth from "oauth4webapi"
import { expect, test } from "vitest"
import { Browser, locationOf } from "../browser.ts"
import { demoClient } from "../oauth-client.ts"
import { withEmulator } from "../with-emulator.ts"

const emulator = withEmulator()
const REDIRECT_URI = "http://localhost:3000/callback"
const client: oauth.Client = { client_id: demoClient.key }
const clientAuth = oauth.ClientSecretBasic(demoClient.secret)
const insecure = { [oauth.allowInsecureRequests]: true }

function server(): oauth.AuthorizationServer {
  const { siteUrl } = emulator.current
  return {
    issuer: siteUrl,
    authorization_endpoint: `${siteUrl}/site/oauth2/authorize`,
    token_endpoint: `${siteUrl}/site/oauth2/access_token`,
  }
}

/** The authorization code grant as its documentation shows it, with state and PKCE. */
async function authorize(action: "approve" | "deny" = "approve") {
  const state = oauth.generateRandomState()
  const codeVerifier = oauth.generateRandomCodeVerifier()
  const browser = new Browser(emulator.current)
  await browser.signIn("demo")
  const callback = locationOf(
    await browser.decide(action, {
      client_id: client.client_id,
      response_type: "code",
      redirect_uri: REDIRECT_URI,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: "S256",
    }),
  )
  const parameters = oauth.validateAuthResponse(server(), client, callback, state)
  const response = await oauth.authorizationCodeGrantRequest(
    server(),
    client,
    clientAuth,
    parameters,
    REDIRECT_URI,
    codeVerifier,
    insecure,
  )
  return oauth.processAuthorizationCodeResponse(server(), client, response)
}

async function refresh(refreshToken: string) {
  const response = await oauth.refreshTokenGrantRequest(server(), client, clientAuth, refreshToken, insecure)
  return oauth.processRefreshTokenResponse(server(), client, response)
}

test("oauth4webapi accepts the token response, with PKCE enforced", async () => {
  await emulator.current.control.changeConfig({ pkce: "enforce" })
  expect(await authorize()).toMatchObject({
    token_type: "bearer",
    expires_in: 7200,
    scope: "account email",
    refresh_token: expect.any(String),
  })
})

test("oauth4webapi refreshes, and reads the person with the new token", async () => {
  const first = await authorize()
  const second = await refresh(first.refresh_token ?? "")
  expect(second.refresh_token).not.toBe(first.refresh_token)
  const response = await oauth.protectedResourceRequest(
    second.access_token,
    "GET",
    new URL(`${emulator.current.apiUrl}/2.0/user`),
    undefined,
    undefined,
    insecure,
  )
  expect(await response.json()).toMatchObject({ username: "demo" })
})

test("oauth4webapi reads Bitbucket's error bodies as OAuth errors (BB-E1, BB-E6)", async () => {
  await expect(refresh("never-issued")).rejects.toMatchObject({ error: "invalid_grant", status: 400 })
  const wrong = oauth.ClientSecretBasic("wrong")
  const response = await oauth.refreshTokenGrantRequest(server(), client, wrong, "x", insecure)
  await expect(oauth.processRefreshTokenResponse(server(), client, response)).rejects.toMatchObject({
    error: "unauthorized_client",
    error_description: "Invalid OAuth client credentials",
  })
})

test("oauth4webapi reads a denial as an authorization response error (BB-A14)", async () => {
  await expect(authorize("deny")).rejects.toMatchObject({
    name: "AuthorizationResponseError",
    error: "access_denied",
  })
})
