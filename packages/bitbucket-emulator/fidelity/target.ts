/** A Bitbucket to observe, real or emulated, and a client registered there. */
export interface Target {
  readonly siteUrl: string
  readonly apiUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** A refresh token of that client, or an unused authorization code. */
  readonly refreshToken: string | null
  readonly code: string | null
  /** Lets time pass: advances a clock, or really waits; null if it cannot. */
  readonly pass: ((minutes: number) => Promise<void>) | null
}

/** The addresses of real Bitbucket. */
export const REAL_SITE_URL = "https://bitbucket.org"
export const REAL_API_URL = "https://api.bitbucket.org"

export function basicOf({ clientId, clientSecret }: Target): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`
}

/** A request to the token endpoint, with HTTP Basic unless the headers say otherwise. */
export function postToken(
  target: Target,
  body: URLSearchParams | string,
  headers: Record<string, string> = { Authorization: basicOf(target) },
): Promise<Response> {
  return fetch(`${target.siteUrl}/site/oauth2/access_token`, {
    method: "POST",
    body,
    headers,
    redirect: "manual",
  })
}

export function getApi(target: Target, path: string, authorization?: string): Promise<Response> {
  return fetch(`${target.apiUrl}${path}`, {
    ...(authorization === undefined ? {} : { headers: { Authorization: authorization } }),
    redirect: "manual",
  })
}
