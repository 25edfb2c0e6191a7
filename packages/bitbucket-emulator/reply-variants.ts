import { spacedJson } from "./spaced-json.ts"

type Body = Record<string, unknown>

/**
 * Shapes that responses have had, or have in other projects' fixtures, and that a client must survive. Each changes
 * Bitbucket's response: as data, or as text if JSON libraries would not write it.
 */
const variants = {
  /** woodpecker's fixture. BB-T7: Bitbucket writes it in lower case. */
  token_type_capitalised: (body: Body) => ({ ...body, token_type: "Bearer" }),
  token_type_absent: (body: Body) => without(body, "token_type"),
  /** dexidp/dex's fixture. */
  expires_in_string: (body: Body) => ({ ...body, expires_in: String(body.expires_in) }),
  expires_in_zero: (body: Body) => ({ ...body, expires_in: 0 }),
  expires_in_negative: (body: Body) => ({ ...body, expires_in: -1 }),
  expires_in_absent: (body: Body) => without(body, "expires_in"),
  /** supabase/auth's fixture. */
  refresh_token_absent: (body: Body) => without(body, "refresh_token"),
  /** atlassian/atlascode's fixture. */
  scope_absent: (body: Body) => without(without(body, "scope"), "scopes"),
  /** BB-C1: what a client may see during the rollout of the change. */
  scope_and_scopes: (body: Body) => ({ scope: scopesOf(body), scopes: scopesOf(body), ...body }),
  /** aspnet-contrib's fixture. */
  scope_commas: (body: Body) => {
    const key = "scopes" in body ? "scopes" : "scope"
    return { ...body, [key]: scopesOf(body).replaceAll(" ", ",") }
  },
  /** Every member twice, with another value first: the last one counts, as in nearly every parser. */
  duplicate_keys: (body: Body) => {
    const decoys = Object.fromEntries(Object.keys(body).map((key) => [key, "the-value-that-does-not-count"]))
    return `${spacedJson(decoys).slice(0, -1)}, ${spacedJson(body).slice(1)}`
  },
  /** aspnet-contrib's fixture: an account without pictures or addresses. */
  links_absent: (body: Body) => withoutEverywhere(body, "links"),
  /** A valid result of every listing. */
  values_empty: (body: Body) => ({
    ...without(without(body, "next"), "previous"),
    values: [],
    size: 0,
    page: 1,
  }),
} satisfies Record<string, (body: Body) => Body | string>

export type ReplyVariant = keyof typeof variants

export const replyVariants = Object.keys(variants) as [ReplyVariant, ...ReplyVariant[]]

/** The response in another shape. One that is not a JSON object, or answers a HEAD, stays unchanged. */
export async function varyReply(response: Response, variant: ReplyVariant): Promise<Response> {
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) return response
  const text = await response.clone().text()
  const body: unknown = text === "" ? null : JSON.parse(text)
  if (typeof body !== "object" || body === null || Array.isArray(body)) return response
  const varied = variants[variant](body as Body)
  const { status, headers } = response
  return new Response(typeof varied === "string" ? varied : spacedJson(varied), { status, headers })
}

function scopesOf(body: Body): string {
  return String(body.scope ?? body.scopes ?? "")
}

function without(body: Body, name: string): Body {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name))
}

function withoutEverywhere(value: Body, name: string): Body {
  return Object.fromEntries(
    Object.entries(without(value, name)).map(([key, member]) => [key, withoutDeep(member, name)]),
  )
}

function withoutDeep(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutDeep(item, name))
  return typeof value === "object" && value !== null ? withoutEverywhere(value as Body, name) : value
}
