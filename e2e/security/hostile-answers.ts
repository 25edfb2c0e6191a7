import type { FaultInput } from "bitbucket-emulator"

export const json = { "content-type": "application/json" }
export const uuid = "{3b1f5a0e-7c2d-4e6f-9a8b-0c1d2e3f4a5b}"
export const person = {
  type: "user",
  uuid,
  display_name: "Made Up",
  nickname: "made-up",
  account_id: "557058:made-up",
}
export const good = {
  access_token: "made-up-access-token",
  token_type: "bearer",
  expires_in: 7200,
  refresh_token: "made-up",
}

export function answering(path: string, body: unknown, more: Partial<FaultInput> = {}): FaultInput {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  return { match: { path }, kind: "status", status: 200, headers: json, body: text, times: null, ...more }
}
export const tokens = (body: unknown, more?: Partial<FaultInput>) =>
  answering("/site/oauth2/access_token", body, more)
export const user = (body: unknown, more?: Partial<FaultInput>) => answering("/2.0/user", body, more)

export type Row = { name: string; token?: FaultInput; user?: FaultInput; fails: RegExp | null }

/** The 41 responses of the catalogue: 21 from the token endpoint, 20 from the API. */
export const answers: Row[] = [
  {
    name: "token: a page instead of JSON",
    token: tokens("", { kind: "html" }),
    fails: /bitbucket_unavailable/,
  },
  {
    name: "token: 200 with an error",
    token: tokens({ error: "invalid_grant" }),
    fails: /bitbucket_unavailable|expired/,
  },
  {
    name: "token: 400 with a script in its description",
    token: tokens(
      { error: "invalid_grant", error_description: "<script>alert(1)</script>" },
      { status: 400 },
    ),
    fails: /sign_in_expired/,
  },
  {
    name: "token: no token_type",
    token: tokens({ ...good, token_type: undefined }),
    fails: /bitbucket_unavailable/,
  },
  {
    name: "token: token_type mac",
    token: tokens({ ...good, token_type: "mac" }),
    fails: /bitbucket_unavailable/,
  },
  { name: "token: expires_in as text", token: tokens({ ...good, expires_in: "7200" }), fails: null },
  {
    name: "token: expires_in -1",
    token: tokens({ ...good, expires_in: -1 }),
    fails: /bitbucket_unavailable/,
  },
  {
    name: "token: expires_in 1e300",
    token: tokens(JSON.stringify(good).replace("7200", "1e300")),
    fails: null,
  },
  { name: "token: no expires_in", token: tokens({ ...good, expires_in: undefined }), fails: null },
  { name: "token: expires_in 0", token: tokens({ ...good, expires_in: 0 }), fails: null },
  { name: "token: a number", token: tokens({ ...good, access_token: 7 }), fails: /bitbucket_unavailable/ },
  {
    name: "token: a line break",
    token: tokens({ ...good, access_token: "a\r\nX-Evil: 1" }),
    fails: /bitbucket_unavailable/,
  },
  {
    name: "token: 2,600 characters each",
    token: tokens({ ...good, access_token: "a".repeat(2_600), refresh_token: "r".repeat(2_600) }),
    fails: null,
  },
  {
    name: "token: 8,000 characters each",
    token: tokens({ ...good, access_token: "a".repeat(8_000), refresh_token: "r".repeat(8_000) }),
    fails: null,
  },
  {
    name: "token: 302",
    token: tokens("", { status: 302, headers: { location: "/elsewhere" } }),
    fails: /bitbucket_unavailable/,
  },
  { name: "token: 201", token: tokens(good, { status: 201 }), fails: /bitbucket_unavailable/ },
  { name: "token: 500", token: tokens("", { status: 500 }), fails: /bitbucket_unavailable/ },
  {
    name: "token: 429",
    token: tokens("slow down", { status: 429, headers: { "retry-after": "30" } }),
    fails: /bitbucket_rate_limited/,
  },
  { name: "token: no refresh token", token: tokens({ ...good, refresh_token: undefined }), fails: null },
  {
    name: "token: scope and scopes",
    token: tokens({ ...good, scope: "account email x", scopes: "account" }),
    fails: null,
  },
  { name: "token: scope narrowed", token: tokens({ ...good, scope: "account" }), fails: null },

  { name: "user: 401", user: user(person, { status: 401 }), fails: /account_refused/ },
  { name: "user: {}", user: user({}), fails: /bitbucket_unavailable/ },
  { name: "user: [] and null", user: user([]), fails: /bitbucket_unavailable/ },
  { name: "user: links only", user: user({ links: {} }), fails: /bitbucket_unavailable/ },
  {
    name: "user: 429 with links",
    user: user({ links: {} }, { status: 429 }),
    fails: /bitbucket_rate_limited/,
  },
  {
    name: "user: names that are objects",
    user: user({ ...person, display_name: {}, nickname: [] }),
    fails: null,
  },
  {
    name: "user: ids that are 0 and empty",
    user: user({ ...person, uuid: 0, account_id: "" }),
    fails: /unavailable/,
  },
  { name: "user: a name of 20 kB", user: user({ ...person, display_name: "n".repeat(20_000) }), fails: null },
  {
    name: "user: a picture that is a script",
    user: user({ ...person, links: { avatar: { href: "javascript:alert(1)" } } }),
    fails: null,
  },
  {
    name: "user: a picture inside",
    user: user({ ...person, links: { avatar: { href: "http://169.254.169.254/" } } }),
    fails: null,
  },
  {
    name: "user: markup and right-to-left in the name",
    user: user({ ...person, display_name: "<img src=x onerror=alert(1)>\u202e{{7*7}}" }),
    fails: null,
  },
  {
    name: "user: __proto__",
    user: user(`{"__proto__": ${JSON.stringify(person)}}`),
    fails: /bitbucket_unavailable/,
  },
  {
    name: "user: every key twice",
    user: user(`{"uuid": "no", ${JSON.stringify(person).slice(1)}`),
    fails: null,
  },
  { name: "user: a page instead of JSON", user: user("", { kind: "html" }), fails: /bitbucket_unavailable/ },
  {
    name: "user: 300 kB",
    user: user({ ...person, display_name: "n".repeat(300_000) }),
    fails: /bitbucket_unavailable/,
  },
  { name: "user: a gzip bomb", user: user("", { kind: "gzip_bomb" }), fails: /bitbucket_unavailable/ },
  { name: "user: no answer", user: user("", { kind: "hang" }), fails: /bitbucket_(slow|unavailable)/ },
  {
    name: "user: a drip",
    user: user("", { kind: "slow_body", delay_ms: 60_000 }),
    fails: /bitbucket_(slow|unavailable)/,
  },
  { name: "user: a reset", user: user("", { kind: "reset" }), fails: /bitbucket_unavailable/ },
  {
    name: "user: a chain of redirects",
    user: user("", { status: 302, headers: { location: "/2.0/user" } }),
    fails: /bitbucket_unavailable/,
  },
]

/** The row of the catalogue that a response tests; all others are cases of K2. */
export function rowOf(name: string): string {
  if (/^user: (401|429|links)/.test(name)) return "K1"
  if (/bomb|300 kB/.test(name)) return "K3"
  if (/no answer|drip/.test(name)) return "K4"
  if (/page|error|description|201|500|token: 429|reset/.test(name)) return "K5"
  if (/302|redirect/.test(name)) return "K6"
  if (/expires_in/.test(name)) return "K7"
  if (/token: (a |2,600|8,000)/.test(name)) return "K8"
  if (/scope|token_type|refresh token/.test(name)) return "K9"
  return /name|picture/.test(name) ? "K10" : "K2"
}
