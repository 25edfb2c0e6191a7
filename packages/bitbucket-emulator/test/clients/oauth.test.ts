import { OAuth } from "oauth"
import { expect, test } from "vitest"
import { locationOf } from "../browser.ts"
import { demoClient } from "../oauth-client.ts"
import { decide } from "../oauth1-client.ts"
import { withEmulator } from "../with-emulator.ts"

const emulator = withEmulator({ config: { oauth1: "on" } })
const CALLBACK = "http://localhost:3000/oauth1/callback"

interface Credentials {
  readonly token: string
  readonly secret: string
}

/** The client of npm's `oauth`, with promises instead of callbacks. */
function createConsumer(callback: string, signatureMethod: "HMAC-SHA1" | "PLAINTEXT" = "HMAC-SHA1") {
  const { siteUrl } = emulator.current
  const oauth = new OAuth(
    `${siteUrl}/api/1.0/oauth/request_token`,
    `${siteUrl}/api/1.0/oauth/access_token`,
    demoClient.key,
    demoClient.secret,
    "1.0",
    callback,
    signatureMethod,
  )
  const answer = (ask: (answered: (error: unknown, ...results: string[]) => void) => void) =>
    new Promise<string[]>((resolve, reject) => {
      ask((error, ...results) => (error ? reject(error) : resolve(results)))
    })
  return {
    requestToken: async (): Promise<Credentials> => {
      const [token = "", secret = ""] = await answer((answered) => oauth.getOAuthRequestToken(answered))
      return { token, secret }
    },
    accessToken: async ({ token, secret }: Credentials, verifier: string): Promise<Credentials> => {
      const [access = "", accessSecret = ""] = await answer((answered) =>
        oauth.getOAuthAccessToken(token, secret, verifier, answered),
      )
      return { token: access, secret: accessSecret }
    },
    readUser: async ({ token, secret }: Credentials): Promise<{ username: string }> => {
      const address = `${emulator.current.apiUrl}/2.0/user`
      const [body = ""] = await answer((answered) => oauth.get(address, token, secret, answered))
      return JSON.parse(body)
    },
  }
}

test("npm's oauth calls the API with two legs, for the consumer's owner (BB-O10)", async () => {
  const user = await createConsumer(CALLBACK).readUser({ token: "", secret: "" })
  expect(user.username).toBe("demo")
  const [row] = await emulator.current.control.listRequests()
  expect(row).toMatchObject({ path: "/2.0/user", status: 200, client_id: demoClient.key })
  await emulator.current.control.changeConfig({ oauth1: "gone" })
  await expect(createConsumer(CALLBACK).readUser({ token: "", secret: "" })).rejects.toMatchObject({
    statusCode: 401,
  })
})

async function verifierFromCallback(requestToken: Credentials): Promise<string> {
  const { response } = await decide(emulator.current, requestToken)
  return locationOf(response).searchParams.get("oauth_verifier") ?? ""
}

test("npm's oauth signs in with HMAC-SHA1 and a callback, and calls the API (BB-O3, BB-O5)", async () => {
  const consumer = createConsumer(CALLBACK)
  const requestToken = await consumer.requestToken()
  const credentials = await consumer.accessToken(requestToken, await verifierFromCallback(requestToken))
  expect((await consumer.readUser(credentials)).username).toBe("demo")
})

test("npm's oauth requests a token with PLAINTEXT, and signs the rest (BB-O3)", async () => {
  const requestToken = await createConsumer(CALLBACK, "PLAINTEXT").requestToken()
  const verifier = await verifierFromCallback(requestToken)
  const plaintext = createConsumer(CALLBACK, "PLAINTEXT").accessToken(requestToken, verifier)
  await expect(plaintext).rejects.toMatchObject({ statusCode: 400 })
  const credentials = await createConsumer(CALLBACK).accessToken(requestToken, verifier)
  expect((await createConsumer(CALLBACK).readUser(credentials)).username).toBe("demo")
})

test("npm's oauth accepts a verifier that a person typed (BB-O7)", async () => {
  const consumer = createConsumer("oob")
  const requestToken = await consumer.requestToken()
  const { response } = await decide(emulator.current, requestToken)
  const verifier = /id="verifier">(\d{10})</.exec(await response.text())?.[1] ?? ""
  const credentials = await consumer.accessToken(requestToken, verifier)
  expect((await consumer.readUser(credentials)).username).toBe("demo")
})

test("npm's oauth is refused if OAuth 1.0a is off", async () => {
  await emulator.current.control.changeConfig({ oauth1: "gone" })
  await expect(createConsumer(CALLBACK).requestToken()).rejects.toMatchObject({ statusCode: 401 })
})
