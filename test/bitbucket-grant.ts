import { parseTokenResponse, type TokenSet } from "auth-bitbucket/connections"
import { z } from "zod"

/** The client of the emulator's default seed. */
export const client = { id: "emulatorClientKey1", secret: "emulatorClientSecret123456789012" }

/** One that may also read repositories. */
export const repositoryClient = { id: "emulatorReposKey12", secret: "emulatorReposSecret1234567890123" }

/**
 * Signs a person in at the emulated Bitbucket, over HTTP as their browser would, approves, and exchanges the
 * authorization code: a real grant, for tests of what happens to one later.
 */
export async function obtainGrant(siteUrl: string, username: string, as = client): Promise<TokenSet> {
  const code = await obtainCode(siteUrl, "/site/oauth2/authorize", username, as)
  const response = await fetch(`${siteUrl}/site/oauth2/access_token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${as.id}:${as.secret}`)}` },
    body: new URLSearchParams({ grant_type: "authorization_code", code }),
  })
  return readTokens(response)
}

/** The same at an emulated Data Center without a context path. */
export async function obtainDataCenterGrant(siteUrl: string, username: string): Promise<TokenSet> {
  const code = await obtainCode(siteUrl, "/rest/oauth2/latest/authorize", username, client)
  const credentials = { client_id: client.id, client_secret: client.secret }
  const response = await fetch(`${siteUrl}/rest/oauth2/latest/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "authorization_code", code, ...credentials }),
  })
  return readTokens(response)
}

async function readTokens(response: Response): Promise<TokenSet> {
  const { tokens, lifetimeSeconds, scopes } = parseTokenResponse(await response.json())
  return { ...tokens, lifetimeSeconds, scopes }
}

async function obtainCode(
  siteUrl: string,
  path: string,
  username: string,
  as: typeof client,
): Promise<string> {
  const authorize = `${path}?response_type=code&client_id=${as.id}&state=x`
  return (await approve(siteUrl, authorize, username)).searchParams.get("code") ?? ""
}

/** Signs a person in at Bitbucket and approves an authorization request. @returns where Bitbucket sends the browser then */
export async function approve(siteUrl: string, authorize: string, username: string): Promise<URL> {
  const browse = createBrowser(siteUrl)
  const signIn = `/account/signin/?next=${encodeURIComponent(authorize)}`
  await browse("GET", signIn)
  await browse("POST", signIn, { next: authorize, username, password: username })
  const page = await browse("GET", authorize)
  const consented = page.status === 302 ? page : await browse("POST", authorize, { action: "approve" })
  return new URL(z.string().parse(consented.headers.get("location")))
}

/** Signs the demo person in, allows what an address of Bitbucket's asks for, and reads what it says then. */
export async function signInAtBitbucket(siteUrl: string, path: string, username = "demo"): Promise<string> {
  const browse = createBrowser(siteUrl)
  const signIn = `/account/signin/?next=${encodeURIComponent(path)}`
  await browse("GET", signIn)
  await browse("POST", signIn, { next: path, username, password: username })
  const question = await browse("GET", path)
  const text = await question.text()
  const isAsking = text.includes('name="action"') || text.includes("csrfmiddlewaretoken")
  return isAsking ? (await browse("POST", path, { action: "approve" })).text() : text
}

/** Keeps cookies, sends the CSRF field with every form, follows nothing. */
function createBrowser(siteUrl: string) {
  const jar = new Map<string, string>()
  return async (method: "GET" | "POST", path: string, fields: Record<string, string> = {}) => {
    const response = await fetch(siteUrl + path, {
      method,
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(method === "POST" && {
        body: new URLSearchParams({ ...fields, csrfmiddlewaretoken: jar.get("csrftoken") ?? "" }),
      }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";")
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1))
    }
    return response
  }
}
