import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll } from "vitest"
import type { Emulator } from "../index.ts"
import { basic, demoClient } from "./oauth-client.ts"

/** The smallest application that signs people in with Bitbucket, for tests that need something on the other side. */
export interface RelyingParty {
  readonly url: string
  readonly callbackUrl: string
}

/** One relying party for the tests of a file. It reads `emulator` at each request, since both need each other. */
export function withRelyingParty(emulator: { readonly current: Emulator }): RelyingParty {
  let url = ""
  const server = createServer(async (incoming, outgoing) => {
    const { pathname, searchParams } = new URL(incoming.url ?? "/", url)
    const redirectUri = `${url}/api/auth/callback/bitbucket`
    if (pathname === "/oauth/bitbucket/authorize") {
      const request = new URLSearchParams({
        client_id: demoClient.key,
        response_type: "code",
        redirect_uri: redirectUri,
        state: "a-state-that-is-long-enough",
      })
      outgoing.setHeader("Set-Cookie", "rp_next=/integrations/bitbucket; Path=/; HttpOnly")
      outgoing.writeHead(302, { Location: `${emulator.current.siteUrl}/site/oauth2/authorize?${request}` })
    } else if (pathname === "/api/auth/callback/bitbucket" && searchParams.has("code")) {
      await finishSignIn(emulator.current, searchParams.get("code") ?? "", redirectUri)
      outgoing.writeHead(302, { Location: /rp_next=([^;]*)/.exec(incoming.headers.cookie ?? "")?.[1] ?? "/" })
    } else {
      outgoing.writeHead(200, { "Content-Type": "text/html" })
      outgoing.write(`<title>${searchParams.get("error") ?? "Signed in"}</title><h1>Application</h1>`)
    }
    outgoing.end()
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    url = `http://localhost:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    get url() {
      return url
    },
    get callbackUrl() {
      return `${url}/api/auth/callback/bitbucket`
    },
  }
}

async function finishSignIn(
  { siteUrl, apiUrl }: Emulator,
  code: string,
  redirect_uri: string,
): Promise<void> {
  const response = await fetch(`${siteUrl}/site/oauth2/access_token`, {
    method: "POST",
    headers: { Authorization: basic(demoClient) },
    body: new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri }),
  })
  const { access_token } = (await response.json()) as { access_token: string }
  await fetch(`${apiUrl}/2.0/user`, { headers: { Authorization: `Bearer ${access_token}` } })
}
