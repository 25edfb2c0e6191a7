import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { Auth } from "@auth/core"
import { createRefreshGrant } from "auth-bitbucket/connections"
import { NextRequest } from "next/server"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { tryClient } from "@/lib/doctor/client-credentials"
import { authSecret, stubEnvironment } from "@/test/stub-environment"
import { askAuthjs } from "./authjs-adapter"
import { bitbucketProvider } from "./provider"

/** A token endpoint that refuses everything and notes how each client introduced itself. */
let server: Server
let siteUrl: string
let introductions: (string | undefined)[]

beforeAll(async () => {
  server = createServer((request, response) => {
    introductions.push(request.headers.authorization)
    response.writeHead(400, { "content-type": "application/json" }).end('{"error":"invalid_grant"}')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  siteUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  stubEnvironment({ LOG_LEVEL: "silent", AUTH_URL: "http://localhost:3000", BITBUCKET_SITE_URL: siteUrl })
})

beforeEach(() => {
  introductions = []
})

afterAll(() => server.close())

test.each([
  ["emulatorClientKey1", "emulatorClientSecret123456789012"],
  ["my-app", "a-secret-with-hyphens"],
  ["key.with_marks~", "!*'()"],
  ["a b", "c+d/e=f"],
  ["with:colon", "100%&?#"],
  ["clé", "ключ"],
])(
  "the client %j with the secret %j is spelled the same at sign-in, at each refresh and by the doctor",
  async (key, secret) => {
    const url = `${siteUrl}/site/oauth2/access_token`
    await exchangeCode(key, secret)
    await createRefreshGrant({ url, clientId: key, clientSecret: secret, fetch })("refresh-token")
    await tryClient(url, { key, secret }, null, fetch)
    expect(introductions).toHaveLength(3)
    expect(introductions[0]).toMatch(/^Basic /)
    expect(introductions).toEqual(Array(3).fill(introductions[0]))
  },
)

test("the header of a client whose key and secret need no encoding is plain HTTP Basic", async () => {
  const [clientId, clientSecret] = ["my-app", "s3cret.with-marks_~"]
  await createRefreshGrant({ url: siteUrl, clientId, clientSecret, fetch })("refresh-token")
  expect(introductions).toEqual([`Basic ${btoa(`${clientId}:${clientSecret}`)}`])
})

/** Lets Auth.js exchange a code. */
async function exchangeCode(clientId: string, clientSecret: string): Promise<void> {
  const config = {
    basePath: "/api/auth",
    trustHost: true,
    secret: authSecret,
    providers: [{ ...bitbucketProvider(), clientId, clientSecret }],
    logger: { error: () => undefined },
  }
  const callback = new NextRequest("http://localhost:3000/api/auth/callback/bitbucket")
  await askAuthjs((request) => Auth(request, config), callback, {
    search: "?code=code",
    codeVerifier: "verifier",
  })
}
