import { expect, test } from "vitest"
import { createOAuth1Client } from "./client"

const endpoints = {
  requestToken: "https://bitbucket.example/request_token",
  authenticate: "https://bitbucket.example/authenticate",
  accessToken: "https://bitbucket.example/access_token",
}
const now = Date.parse("2026-11-21T12:00:00Z")
const confirmed = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true"

type Answer = { status?: number; body?: string; date?: string } | Error

function clientWithAnswers(...answers: Answer[]) {
  const sent: Record<string, string>[] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const header = new Headers(init?.headers).get("authorization") ?? ""
    const pairs = [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      decodeURIComponent(value),
    ])
    sent.push({ url: String(url), method: init?.method ?? "GET", ...Object.fromEntries(pairs) })
    const answer = answers.shift() ?? {}
    if (answer instanceof Error) throw answer
    const headers = { date: answer.date ?? new Date(now).toUTCString() }
    return new Response(answer.body ?? "", { status: answer.status ?? 200, headers })
  }
  const client = createOAuth1Client({
    endpoints,
    fetch,
    now: () => now,
    consumerKey: "key",
    key: { method: "HMAC-SHA1", consumerSecret: "secret" },
  })
  return { client, sent }
}

test("the request for a request token has the callback in the signed header, and nothing in the address", async () => {
  const { client, sent } = clientWithAnswers({ body: confirmed })
  expect(await client.obtainRequestToken("https://app.example/back")).toEqual({ token: "t", secret: "s" })
  expect(sent).toMatchObject([
    {
      url: endpoints.requestToken,
      method: "POST",
      oauth_consumer_key: "key",
      oauth_callback: "https://app.example/back",
      oauth_signature_method: "HMAC-SHA1",
      oauth_timestamp: String(now / 1_000),
      oauth_version: "1.0",
    },
  ])
  expect(sent[0]).not.toHaveProperty("oauth_token")
})

test.each([
  ["says false", "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=false"],
  ["says nothing", "oauth_token=t&oauth_token_secret=s"],
])("the client does not use a request token if the server %s of the callback", async (_, body) => {
  const { client } = clientWithAnswers({ body })
  await expect(client.obtainRequestToken("oob")).rejects.toMatchObject({ code: "not_confirmed" })
})

test.each([
  ["no token", "oauth_token_secret=s"],
  ["an empty token", "oauth_token=&oauth_token_secret=s"],
  ["no secret", "oauth_token=t"],
  ["two tokens", "oauth_token=t&oauth_token=u&oauth_token_secret=s"],
  ["a web page", "<html><body>Sign in</body></html>"],
  ["a token without end", `oauth_token=${"t".repeat(5_000)}&oauth_token_secret=s`],
])("an answer with %s holds no credentials", async (_, body) => {
  const { client } = clientWithAnswers({ body: `${body}&oauth_callback_confirmed=true` })
  await expect(client.obtainRequestToken("oob")).rejects.toMatchObject({ code: "unexpected_answer" })
})

test.each([
  [401, "refused"],
  [400, "refused"],
  [404, "refused"],
  [429, "unavailable"],
  [503, "unavailable"],
])("an answer of %i reads as %s, and is asked for once only", async (status, code) => {
  const { client, sent } = clientWithAnswers({ status })
  await expect(client.obtainRequestToken("oob")).rejects.toMatchObject({ code, status })
  expect(sent).toHaveLength(1)
})

test("a server that does not answer is unavailable", async () => {
  const { client } = clientWithAnswers(new TypeError("fetch failed"))
  await expect(client.obtainRequestToken("oob")).rejects.toMatchObject({ code: "unavailable" })
})

test("a refusal by a server with another clock is met once, by the server's clock, which is then kept", async () => {
  const serverNow = now + 30 * 60_000
  const date = new Date(serverNow).toUTCString()
  const { client, sent } = clientWithAnswers({ status: 401, date }, { body: confirmed, date })
  await client.obtainRequestToken("oob")
  expect(sent.map(({ oauth_timestamp }) => Number(oauth_timestamp))).toEqual([now / 1_000, serverNow / 1_000])
  expect(new Set(sent.map(({ oauth_nonce }) => oauth_nonce)).size).toBe(2)
  expect(client.sign({ method: "GET", url: "https://api.example/2.0/user" })).toContain(
    `oauth_timestamp="${serverNow / 1_000}"`,
  )
})

test("the request for an access token has the request token and its verifier, signed with both secrets", async () => {
  const { client, sent } = clientWithAnswers({ body: "oauth_token=a&oauth_token_secret=b" })
  const requestToken = { token: "t", secret: "s" }
  expect(await client.obtainAccessToken(requestToken, "0123456789")).toEqual({ token: "a", secret: "b" })
  expect(sent).toMatchObject([{ url: endpoints.accessToken, oauth_token: "t", oauth_verifier: "0123456789" }])
})

test("the person's address at Bitbucket has the request token and nothing else", () => {
  const { client } = clientWithAnswers()
  expect(client.authenticateUrl("a/b")).toBe("https://bitbucket.example/authenticate?oauth_token=a%2Fb")
})
