// `node node.mjs CLIENT`: one client from npm signs in at the emulator; see run.ts for the questions and answers.
import { readFileSync } from "node:fs"
import process from "node:process"
import { createInterface } from "node:readline/promises"

const { SITE, API, KEY, SECRET, CALLBACK, CONTRACT } = process.env
const AUTHORIZE = `${SITE}/site/oauth2/authorize`
const TOKEN = `${SITE}/site/oauth2/access_token`
const terminal = createInterface({ input: process.stdin })

/** Prints the address to visit, and returns the one it leads to. */
async function visit(url) {
  console.log(JSON.stringify({ visit: String(url) }))
  return new URL(await terminal.question(""))
}

async function readUsername(accessToken) {
  const response = await fetch(`${API}/2.0/user`, { headers: { Authorization: `Bearer ${accessToken}` } })
  return (await response.json()).username
}

/** Sends the requests of a client that hard-codes Bitbucket's URLs to the emulator. */
function redirectBitbucketHere() {
  const { fetch } = globalThis
  globalThis.fetch = (input, init) => {
    const request = new Request(input, init)
    const url = request.url.replace(/^https:\/\/bitbucket\.org/, SITE)
    return fetch(new Request(url, request))
  }
}

const promised = (call) =>
  new Promise((resolve, reject) => call((error, ...results) => (error ? reject(error) : resolve(results))))

const clients = {
  arctic: async () => {
    redirectBitbucketHere()
    const { Bitbucket } = await import("arctic")
    const bitbucket = new Bitbucket(KEY, SECRET, CALLBACK)
    const at = await visit(bitbucket.createAuthorizationURL("the-state", ["account"]))
    const tokens = await bitbucket.validateAuthorizationCode(at.searchParams.get("code"))
    return readUsername((await bitbucket.refreshAccessToken(tokens.refreshToken())).accessToken())
  },

  "openid-client": async () => {
    const client = await import("openid-client")
    const server = { issuer: SITE, authorization_endpoint: AUTHORIZE, token_endpoint: TOKEN }
    const config = new client.Configuration(server, KEY, SECRET, client.ClientSecretBasic(SECRET))
    client.allowInsecureRequests(config)
    const verifier = client.randomPKCECodeVerifier()
    const parameters = {
      redirect_uri: CALLBACK,
      state: "the-state",
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    }
    const at = await visit(client.buildAuthorizationUrl(config, parameters))
    const checks = { pkceCodeVerifier: verifier, expectedState: "the-state" }
    const tokens = await client.authorizationCodeGrant(config, at, checks)
    const { access_token } = await client.refreshTokenGrant(config, tokens.refresh_token)
    await client.clientCredentialsGrant(config)
    const user = await client.fetchProtectedResource(config, access_token, new URL(`${API}/2.0/user`), "GET")
    return (await user.json()).username
  },

  oauth4webapi: async () => {
    const oauth = await import("oauth4webapi")
    const server = { issuer: SITE, authorization_endpoint: AUTHORIZE, token_endpoint: TOKEN }
    const client = { client_id: KEY }
    const authentication = oauth.ClientSecretBasic(SECRET)
    const insecure = { [oauth.allowInsecureRequests]: true }
    const query = new URLSearchParams({
      client_id: KEY,
      response_type: "code",
      redirect_uri: CALLBACK,
      state: "the-state",
    })
    const at = oauth.validateAuthResponse(server, client, await visit(`${AUTHORIZE}?${query}`), "the-state")
    const exchanged = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      at,
      CALLBACK,
      oauth.nopkce,
      insecure,
    )
    const { refresh_token } = await oauth.processAuthorizationCodeResponse(server, client, exchanged)
    const refreshed = await oauth.refreshTokenGrantRequest(
      server,
      client,
      authentication,
      refresh_token,
      insecure,
    )
    const { access_token } = await oauth.processRefreshTokenResponse(server, client, refreshed)
    return readUsername(access_token)
  },

  "simple-oauth2": async () => {
    const { AuthorizationCode, ClientCredentials } = await import("simple-oauth2")
    const client = { id: KEY, secret: SECRET }
    const auth = { tokenHost: SITE, tokenPath: "/site/oauth2/access_token" }
    const person = new AuthorizationCode({
      client,
      auth: { ...auth, authorizePath: "/site/oauth2/authorize" },
    })
    const at = await visit(person.authorizeURL({ redirect_uri: CALLBACK, state: "the-state" }))
    const token = await person.getToken({ code: at.searchParams.get("code"), redirect_uri: CALLBACK })
    await new ClientCredentials({ client, auth }).getToken({})
    return readUsername((await token.refresh()).token.access_token)
  },

  "@badgateway/oauth2-client": async () => {
    const { OAuth2Client } = await import("@badgateway/oauth2-client")
    const client = new OAuth2Client({
      server: SITE,
      clientId: KEY,
      clientSecret: SECRET,
      authorizationEndpoint: AUTHORIZE,
      tokenEndpoint: TOKEN,
    })
    const settings = { redirectUri: CALLBACK, state: "the-state" }
    const at = await visit(await client.authorizationCode.getAuthorizeUri(settings))
    const token = await client.authorizationCode.getTokenFromCodeRedirect(at, settings)
    await client.clientCredentials()
    return readUsername((await client.refreshToken(token)).accessToken)
  },

  "client-oauth2": async () => {
    const { default: ClientOAuth2 } = await import("client-oauth2")
    const client = new ClientOAuth2({
      clientId: KEY,
      clientSecret: SECRET,
      authorizationUri: AUTHORIZE,
      accessTokenUri: TOKEN,
      redirectUri: CALLBACK,
      state: "the-state",
    })
    const token = await client.code.getToken((await visit(client.code.getUri())).href)
    if (CONTRACT === "2017") await client.owner.getToken("demo", "demo")
    return readUsername((await token.refresh()).accessToken)
  },

  oauth: async () => {
    const { default: oauth } = await import("oauth")
    const client = new oauth.OAuth2(KEY, SECRET, SITE, "/site/oauth2/authorize", "/site/oauth2/access_token")
    client.useAuthorizationHeaderforGET(true)
    const url = client.getAuthorizeUrl({ response_type: "code", redirect_uri: CALLBACK, state: "the-state" })
    const code = (await visit(url)).searchParams.get("code")
    const exchange = { grant_type: "authorization_code", redirect_uri: CALLBACK }
    const [, refreshToken] = await promised((answered) =>
      client.getOAuthAccessToken(code, exchange, answered),
    )
    const again = { grant_type: "refresh_token" }
    const [accessToken] = await promised((answered) =>
      client.getOAuthAccessToken(refreshToken, again, answered),
    )
    const [body] = await promised((answered) => client.get(`${API}/2.0/user`, accessToken, answered))
    return JSON.parse(body).username
  },

  "oauth (1.0a)": async () => {
    const { default: oauth } = await import("oauth")
    const below = `${SITE}/api/1.0/oauth`
    const client = new oauth.OAuth(
      `${below}/request_token`,
      `${below}/access_token`,
      KEY,
      SECRET,
      "1.0",
      CALLBACK,
      "HMAC-SHA1",
    )
    const [token, secret] = await promised((answered) => client.getOAuthRequestToken(answered))
    const at = await visit(`${below}/authenticate?oauth_token=${token}`)
    const verifier = at.searchParams.get("oauth_verifier")
    const [access, accessSecret] = await promised((answered) =>
      client.getOAuthAccessToken(token, secret, verifier, answered),
    )
    await promised((answered) => client.get(`${API}/2.0/user`, "", "", answered))
    const [body] = await promised((answered) => client.get(`${API}/2.0/user`, access, accessSecret, answered))
    return JSON.parse(body).username
  },

  "passport-bitbucket-oauth20": async () => {
    const { Strategy } = await import("passport-bitbucket-oauth20")
    const settings = {
      clientID: KEY,
      clientSecret: SECRET,
      callbackURL: CALLBACK,
      authorizationURL: AUTHORIZE,
      tokenURL: TOKEN,
      userProfileURL: `${API}/2.0/user`,
      userEmailsURL: `${API}/2.0/user/emails`,
    }
    const strategy = new Strategy(settings, (_access, _refresh, profile, done) => done(null, profile))
    const answer = (query) =>
      new Promise((resolve, reject) => {
        const request = { query, session: {} }
        Object.assign(strategy, { redirect: resolve, success: resolve, fail: reject, error: reject })
        strategy.authenticate(request, {})
      })
    const at = await visit(await answer({}))
    const profile = await answer(Object.fromEntries(at.searchParams))
    return profile.username
  },

  "better-auth": async () => {
    const { betterAuth } = await import("better-auth")
    const { memoryAdapter } = await import("better-auth/adapters/memory")
    const { genericOAuth } = await import("better-auth/plugins")
    const origin = new URL(CALLBACK).origin
    const auth = betterAuth({
      baseURL: origin,
      secret: "a secret of the test, thirty-two characters long",
      database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
      logger: { disabled: true },
      plugins: [
        genericOAuth({
          config: [
            {
              providerId: "bitbucket",
              clientId: KEY,
              clientSecret: SECRET,
              authorizationUrl: AUTHORIZE,
              tokenUrl: TOKEN,
              authentication: "basic",
              pkce: true,
              getUserInfo: async ({ accessToken }) => {
                const name = await readUsername(accessToken)
                return { id: name, name, email: `${name}@example.com`, emailVerified: true }
              },
            },
          ],
        }),
      ],
    })
    const cookies = new Map()
    const call = async (url, init = {}) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
      const headers = { "Content-Type": "application/json", Origin: origin, cookie }
      const response = await auth.handler(new Request(url, { ...init, headers }))
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
        cookies.set(name, value)
      }
      return response
    }
    const begun = await call(`${origin}/api/auth/sign-in/social`, {
      method: "POST",
      body: JSON.stringify({ provider: "bitbucket", callbackURL: "/" }),
    })
    await call(await visit((await begun.json()).url))
    const session = await (await call(`${origin}/api/auth/get-session`)).json()
    return session.user.name
  },
}

const name = process.argv[2]
const packageName = name.replace(/ .*/, "")
const manifest = new URL(`./node_modules/${packageName}/package.json`, import.meta.url)
const { version } = JSON.parse(readFileSync(manifest, "utf8"))
console.log(JSON.stringify({ version, username: await clients[name]() }))
process.exit(0)
