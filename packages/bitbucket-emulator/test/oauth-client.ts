import type { Emulator } from "../index.ts"
import { Browser, locationOf } from "./browser.ts"

export const demoClient = { key: "emulatorClientKey1", secret: "emulatorClientSecret123456789012" }
export const noEmailClient = { key: "emulatorNoEmailKey", secret: "emulatorNoEmailSecret12345678901" }

type Client = typeof demoClient

export interface TokenResponse {
  readonly status: number
  readonly text: string
  readonly body: Record<string, string | number>
}

/** An authorization request as a plain client sends it; every parameter can be replaced or left out. */
export function authorizationRequest(overrides: Record<string, string> = {}): Record<string, string> {
  return { client_id: demoClient.key, response_type: "code", state: "the-state-of-this-test", ...overrides }
}

export function authorizePath(request: Record<string, string>): string {
  return `/site/oauth2/authorize?${new URLSearchParams(request)}`
}

/** Takes a person through sign-in and consent, to the code that the callback would receive. */
export async function obtainCode(
  emulator: Emulator,
  { username = "demo", request = authorizationRequest() } = {},
): Promise<string> {
  const browser = new Browser(emulator)
  await browser.signIn(username)
  const response = await browser.decide("approve", request)
  return locationOf(response).searchParams.get("code") ?? ""
}

/** A request to the token endpoint with HTTP Basic. */
export async function requestToken(
  emulator: Emulator,
  fields: Record<string, string>,
  client: Client = demoClient,
): Promise<TokenResponse> {
  return readTokenResponse(
    await fetch(`${emulator.siteUrl}/site/oauth2/access_token`, {
      method: "POST",
      headers: { Authorization: basic(client) },
      body: new URLSearchParams(fields),
    }),
  )
}

export function refresh(emulator: Emulator, refreshToken: string, client?: Client): Promise<TokenResponse> {
  return requestToken(emulator, { grant_type: "refresh_token", refresh_token: refreshToken }, client)
}

/** All the steps from nothing to an access and a refresh token. */
export async function obtainTokens(
  emulator: Emulator,
  { username = "demo", client = demoClient } = {},
): Promise<{ accessToken: string; refreshToken: string }> {
  const request = authorizationRequest({ client_id: client.key })
  const code = await obtainCode(emulator, { username, request })
  const { body } = await requestToken(emulator, { grant_type: "authorization_code", code }, client)
  return { accessToken: String(body.access_token), refreshToken: String(body.refresh_token) }
}

export function callApi(emulator: Emulator, path: string, accessToken: string): Promise<Response> {
  return fetch(`${emulator.apiUrl}${path}`, { headers: { Authorization: `Bearer ${accessToken}` } })
}

export function basic({ key, secret }: Client): string {
  return `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`
}

export async function readTokenResponse(response: Response): Promise<TokenResponse> {
  const text = await response.text()
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json") ?? false
  return { status: response.status, text, body: isJson ? JSON.parse(text) : {} }
}
