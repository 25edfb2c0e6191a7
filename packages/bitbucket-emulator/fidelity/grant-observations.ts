import { normaliseAnswer } from "./normalise.ts"
import type { Observation, Seen } from "./observations.ts"
import { getApi, postToken, type Target } from "./target.ts"

/** Tokens obtained on the way; they never leave this file. */
interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string | null
}

const NO_GRANT = { skipped: "It takes BITBUCKET_LIVE_REFRESH_TOKEN or BITBUCKET_LIVE_CODE." }

/**
 * Observations on behalf of the person who authorized the client, in the required order: each
 * uses the result of the one before. A fresh set for each run.
 */
export function grantObservations(): readonly Observation[] {
  let first: { readonly spent: string; readonly tokens: Tokens } | null = null

  const refreshed = async (target: Target, refreshToken: string) => {
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken })
    return postToken(target, form)
  }
  const withToken = async (look: (accessToken: string) => Promise<Response>): Promise<Seen> =>
    first === null ? NO_GRANT : normaliseAnswer(await look(first.tokens.accessToken))

  return [
    {
      name: "a code becomes tokens, once",
      rows: ["BB-T6", "BB-T7", "BB-T8", "BB-C1", "BB-C4", "BB-E7"],
      observe: async (target) => {
        if (target.code === null) return { skipped: "It takes BITBUCKET_LIVE_CODE." }
        const form = new URLSearchParams({ grant_type: "authorization_code", code: target.code })
        const exchanged = await postToken(target, form)
        const tokens = await readTokens(exchanged.clone())
        if (tokens !== null) first = { spent: target.code, tokens }
        const again = await postToken(target, form)
        return { exchanged: await normaliseAnswer(exchanged), again: await normaliseAnswer(again) }
      },
    },
    {
      name: "a refresh",
      rows: ["BB-C1", "BB-C2", "BB-C4", "BB-T6", "BB-T7", "BB-T8", "BB-H6"],
      observe: async (target) => {
        const refreshToken = target.refreshToken ?? first?.tokens.refreshToken ?? null
        if (refreshToken === null) return NO_GRANT
        const response = await refreshed(target, refreshToken)
        const tokens = await readTokens(response.clone())
        if (tokens !== null) first = { spent: refreshToken, tokens }
        const isRotated = tokens?.refreshToken !== null && tokens?.refreshToken !== refreshToken
        return { isRotated, answer: await normaliseAnswer(response) }
      },
    },
    {
      name: "the used refresh token, at once and after eleven minutes",
      rows: ["BB-C3", "BB-E6"],
      observe: async (target) => {
        if (first === null) return NO_GRANT
        const { spent, tokens } = first
        const atOnce = await normaliseAnswer(await refreshed(target, spent))
        if (target.pass === null) return { atOnce, later: "It takes BITBUCKET_LIVE_PATIENCE=1." }
        await target.pass(11)
        const later = await normaliseAnswer(await refreshed(target, spent))
        const successor = await normaliseAnswer(await refreshed(target, tokens.refreshToken ?? ""))
        return { atOnce, later, successor }
      },
    },
    {
      name: "/2.0/user",
      rows: ["BB-U13", "BB-U1", "BB-U3", "BB-U6", "BB-U9", "BB-H5", "BB-H6", "BB-H7"],
      observe: (target) => withToken((token) => getApi(target, "/2.0/user", `Bearer ${token}`)),
    },
    {
      name: "/2.0/user/emails",
      rows: ["BB-M1", "BB-S5"],
      observe: (target) => withToken((token) => getApi(target, "/2.0/user/emails", `Bearer ${token}`)),
    },
    {
      name: "/2.0/user/workspaces",
      rows: ["BB-W1", "BB-S6"],
      observe: (target) => withToken((token) => getApi(target, "/2.0/user/workspaces", `Bearer ${token}`)),
    },
    {
      name: "a token in the query",
      rows: ["BB-C5", "BB-P5"],
      observe: (target) => withToken((token) => getApi(target, `/2.0/user?access_token=${token}`)),
    },
    {
      name: "a token on the site's host",
      rows: ["BB-C6"],
      observe: async (target) => {
        if (first === null) return NO_GRANT
        const headers = { Authorization: `Bearer ${first.tokens.accessToken}` }
        const response = await fetch(`${target.siteUrl}/api/2.0/user`, { headers, redirect: "manual" })
        return { status: response.status }
      },
    },
  ]
}

async function readTokens(response: Response): Promise<Tokens | null> {
  if (!response.ok) return null
  const body = (await response.json()) as { access_token?: unknown; refresh_token?: unknown }
  const { access_token, refresh_token } = body
  if (typeof access_token !== "string") return null
  return { accessToken: access_token, refreshToken: typeof refresh_token === "string" ? refresh_token : null }
}
