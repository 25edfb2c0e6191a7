import { createRequire } from "node:module"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { recordsSignIn } from "@/lib/accounts/account-store"
import { client as demo, signInAtBitbucket } from "@/test/bitbucket-grant"
import { createConnectionServer } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { createOAuth1Client } from "./client"
import { oauth1Endpoints } from "./endpoints"
import type { TokenCredentials } from "./signed-header"

/** Another project's client for the same protocol, to compare answers with. */
const { OAuth } = createRequire(import.meta.url)("oauth")

let emulator: Emulator

beforeAll(async () => {
  stubEnvironment({ AUTH_BITBUCKET_ID: demo.id, AUTH_BITBUCKET_SECRET: demo.secret, LOG_LEVEL: "silent" })
  emulator = await startEmulator({ port: 0, config: { oauth1: "on" } })
})
beforeEach(() => emulator.reset())
afterAll(() => emulator.close())

const endpoints = () => oauth1Endpoints({ BITBUCKET_KIND: "cloud", BITBUCKET_SITE_URL: emulator.siteUrl })

/** Both clients in the same four words; a refusal reads as its status. */
type Legs = {
  requestToken: () => Promise<TokenCredentials | number>
  accessToken: (requestToken: TokenCredentials, verifier: string) => Promise<TokenCredentials | number>
  username: (credentials: TokenCredentials) => Promise<string | number>
}

function ours(consumerSecret = demo.secret): Legs {
  const client = createOAuth1Client({
    endpoints: endpoints(),
    fetch,
    consumerKey: demo.id,
    key: { method: "HMAC-SHA1", consumerSecret },
  })
  const orStatus = <Result>(run: Promise<Result>) => run.catch(({ status }: { status: number }) => status)
  return {
    requestToken: () => orStatus(client.obtainRequestToken("oob")),
    accessToken: (requestToken, verifier) => orStatus(client.obtainAccessToken(requestToken, verifier)),
    username: async (credentials) => {
      const url = `${emulator.apiUrl}/2.0/user?fields=username,uuid`
      const authorization = client.sign({ method: "GET", url, credentials })
      const response = await fetch(url, { headers: { authorization } })
      return response.ok ? ((await response.json()) as { username: string }).username : response.status
    },
  }
}

function theirs(consumerSecret = demo.secret): Legs {
  const { requestToken, accessToken } = endpoints()
  const oauth = new OAuth(requestToken, accessToken, demo.id, consumerSecret, "1.0", "oob", "HMAC-SHA1")
  type Callback = (error: { statusCode: number } | null, first: string, second: string) => void
  const answer = <Result>(run: (callback: Callback) => void, read: (a: string, b: string) => Result) =>
    new Promise<Result | number>((resolve) => {
      run((error, first, second) => resolve(error ? error.statusCode : read(first, second)))
    })
  const credentials = (token: string, secret: string) => ({ token, secret })
  return {
    requestToken: () => answer((done) => oauth.getOAuthRequestToken(done), credentials),
    accessToken: ({ token, secret }, verifier) =>
      answer((done) => oauth.getOAuthAccessToken(token, secret, verifier, done), credentials),
    username: ({ token, secret }) =>
      answer(
        (done) => oauth.get(`${emulator.apiUrl}/2.0/user?fields=username,uuid`, token, secret, done),
        (body) => JSON.parse(body).username,
      ),
  }
}

/** What a person does with the address that a program has printed. @returns the PIN */
async function obtainPin({ token }: TokenCredentials): Promise<string> {
  const page = await signInAtBitbucket(emulator.siteUrl, `/api/1.0/oauth/authenticate?oauth_token=${token}`)
  return /id="verifier">(\d{10})</.exec(page)?.[1] ?? ""
}

const tokenOf = (answer: TokenCredentials | number): TokenCredentials => {
  expect(answer).toMatchObject({ token: expect.stringMatching(/^\w{18}$/), secret: expect.any(String) })
  return answer as TokenCredentials
}

async function outcomes(legs: (consumerSecret?: string) => Legs) {
  const { requestToken, accessToken, username } = legs()
  const asked = tokenOf(await requestToken())
  const wrongPin = await accessToken(asked, "0000000000")
  const pin = await obtainPin(asked)
  const credentials = tokenOf(await accessToken(asked, pin))
  const usedAgain = await accessToken(asked, pin)
  const name = await username(credentials)
  const wrongTokenSecret = await username({ ...credentials, secret: "x" })
  const wrongConsumerSecret = await legs("wrong").requestToken()
  await emulator.control.changeConfig({ oauth1: "gone" })
  const gone = [await requestToken(), await username(credentials)]
  await emulator.reset()
  return { wrongPin, usedAgain, name, wrongTokenSecret, wrongConsumerSecret, gone }
}

test("our client gets the answers that another one gets, with a PIN, refused, and gone", async () => {
  const answers = await outcomes(ours)
  expect(answers).toEqual({
    wrongPin: 400,
    usedAgain: 400,
    name: "demo",
    wrongTokenSecret: 401,
    wrongConsumerSecret: 400,
    gone: [401, 401],
  })
  expect(await outcomes(theirs)).toEqual(answers)
})

test("a call with two legs acts for the owner of the consumer, and needs no person", async () => {
  const client = createOAuth1Client({
    endpoints: endpoints(),
    fetch,
    consumerKey: demo.id,
    key: { method: "HMAC-SHA1", consumerSecret: demo.secret },
  })
  const url = `${emulator.apiUrl}/2.0/user`
  const response = await fetch(url, { headers: { authorization: client.sign({ method: "GET", url }) } })
  expect(response.headers.get("x-credential-type")).toBe("oauth1")
})

const uuid = "{11111111-2222-4333-8444-555555555555}"
const profile = { account: { uuid }, emails: null } as never

async function storeLegacyConnection(token: string, account = uuid) {
  const { db } = await createTestDatabase()
  const tokens = { accessToken: token, refreshToken: "", tokenSecret: "s" }
  const grant = { tokens, lifetimeSeconds: 3_000_000_000, scopes: ["account"] }
  const { id } = await createConnectionServer(db, emulator).save(grant, account)
  await recordsSignIn(db, id, "oauth1", profile)
  return { db }
}

test("a connection of OAuth 1.0a is served as it is, and ends when Bitbucket refuses its token", async () => {
  const { db } = await storeLegacyConnection("t")
  const server = createConnectionServer(db, emulator)
  const token = await server.getToken(uuid)
  expect(token).toMatchObject({ value: "t", tokenSecret: "s" })
  await expect(server.getToken(uuid, { rejected: token })).rejects.toMatchObject({
    code: "reauthorization_required",
  })
  expect((await server.read(uuid))?.status).toBe("ended")
  expect(await emulator.control.listRequests()).toEqual([])
})
