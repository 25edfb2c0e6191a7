import { type NormalisedAnswer, normaliseAnswer, normaliseLocation } from "./normalise.ts"
import { basicOf, getApi, postToken, type Target } from "./target.ts"

/** The result: a response, facts about several responses, or why there was nothing to observe. */
export type Seen = NormalisedAnswer | Readonly<Record<string, unknown>> | { readonly skipped: string }

export interface Observation {
  readonly name: string
  /** The ledger rows that it concerns. */
  readonly rows: readonly string[]
  readonly observe: (target: Target) => Promise<Seen>
}

/** Observations that need only a registered client, and change no one's data. */
export const clientObservations: readonly Observation[] = [
  {
    name: "a token request without client authentication",
    rows: ["BB-E2"],
    observe: async (target) => {
      const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "none" })
      return normaliseAnswer(await postToken(target, form, {}))
    },
  },
  {
    name: "a token request with a wrong secret",
    rows: ["BB-E1"],
    observe: async (target) => {
      const Authorization = basicOf({ ...target, clientSecret: "wrong" })
      const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "none" })
      return normaliseAnswer(await postToken(target, form, { Authorization }))
    },
  },
  {
    name: "a token request without a grant",
    rows: ["BB-E3", "BB-H6"],
    observe: async (target) => normaliseAnswer(await postToken(target, new URLSearchParams())),
  },
  {
    name: "a token request with a JSON body",
    rows: ["BB-T1", "BB-E3"],
    observe: async (target) => {
      const headers = { Authorization: basicOf(target), "Content-Type": "application/json" }
      return normaliseAnswer(await postToken(target, '{"grant_type": "refresh_token"}', headers))
    },
  },
  {
    name: "a token request with a Bearer header",
    rows: ["BB-T3"],
    observe: async (target) => {
      return normaliseAnswer(await postToken(target, new URLSearchParams(), { Authorization: "Bearer none" }))
    },
  },
  {
    name: "the password grant",
    rows: ["BB-C7"],
    observe: async (target) => {
      const form = new URLSearchParams({ grant_type: "password", username: "unknown", password: "none" })
      return normaliseAnswer(await postToken(target, form))
    },
  },
  {
    name: "a code that was never issued",
    rows: ["BB-E7"],
    observe: async (target) => {
      const form = new URLSearchParams({ grant_type: "authorization_code", code: "neverissuedcode123" })
      return normaliseAnswer(await postToken(target, form))
    },
  },
  {
    name: "a refresh token that was never issued",
    rows: ["BB-E6"],
    observe: async (target) => {
      const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "never-issued" })
      return normaliseAnswer(await postToken(target, form))
    },
  },
  {
    name: "an authorization request with a foreign redirect_uri",
    rows: ["BB-A6"],
    observe: (target) => observeAuthorize(target, { redirect_uri: "https://foreign.invalid/" }),
  },
  {
    name: "an authorization request of an unknown client",
    rows: ["BB-A6"],
    observe: (target) => observeAuthorize(target, { client_id: "neverregistered" }),
  },
  {
    name: "/2.0/user without credentials",
    rows: ["BB-P4"],
    observe: async (target) => normaliseAnswer(await getApi(target, "/2.0/user")),
  },
  {
    name: "/2.0/user with a token that was never issued",
    rows: ["BB-P2"],
    observe: async (target) => normaliseAnswer(await getApi(target, "/2.0/user", "Bearer never-issued")),
  },
  {
    name: "/2.0/user with bad Basic credentials",
    rows: ["BB-P3"],
    observe: async (target) => {
      const basic = `Basic ${Buffer.from("unknown-user:none").toString("base64")}`
      return normaliseAnswer(await getApi(target, "/2.0/user", basic))
    },
  },
  {
    name: "a path without an API behind it",
    rows: ["BB-P8"],
    observe: async (target) => normaliseAnswer(await getApi(target, "/2.0/no-such-thing")),
  },
  {
    name: "a listing across workspaces",
    rows: ["BB-P11"],
    observe: async (target) => normaliseAnswer(await getApi(target, "/2.0/workspaces")),
  },
]

/** Observed without signing in, so only the first response can be seen. */
async function observeAuthorize(target: Target, overrides: Record<string, string>): Promise<Seen> {
  const parameters = { client_id: target.clientId, response_type: "code", state: "observed", ...overrides }
  const address = `${target.siteUrl}/site/oauth2/authorize?${new URLSearchParams(parameters)}`
  const response = await fetch(address, { redirect: "manual" })
  const location = normaliseLocation(response)
  return {
    status: response.status,
    location,
    isPage: /html/.test(response.headers.get("Content-Type") ?? ""),
  }
}
