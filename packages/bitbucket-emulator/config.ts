import { z } from "zod"

/** The switches of `/_control/config`, with the names and values of the wire format. */
export const configSchema = z.strictObject({
  contract: z.enum(["2026", "2017", "datacenter"]),
  oauth1: z.enum(["gone", "on"]),
  access_token_ttl_seconds: z.int(),
  /** BB-C3: how long a refresh token still works after its first use. */
  refresh_grace_seconds: z.int().min(0),
  /** BB-C2: an unused refresh token expires after three months. */
  refresh_idle_seconds: z.int().min(0),
  /** The effect of using a refresh token after its grace period: no recording shows it, so both behaviours are available. */
  refresh_reuse: z.enum(["error", "revoke"]),
  /** BB-T13: not known; ten minutes is the longest that RFC 6749 §4.1.2 recommends. */
  code_ttl_seconds: z.int().min(0),
  /** BB-C4: null follows the contract, a number fixes the length of every token. */
  token_length: z.int().min(18).max(2600).nullable(),
  /** BB-A11. */
  pkce: z.enum(["ignore", "enforce"]),
  /** BB-A7, BB-A9: by default the client's tick boxes set the grant; `narrow` follows the request instead. */
  scope_parameter: z.enum(["ignore", "narrow"]),
  /** BB-A15. Off by default, because a remembered refusal would end every later sign-in without a screen. */
  remember_allow: z.boolean(),
  remember_deny: z.boolean(),
  latency_ms: z.int().min(0).max(600_000),
  /**
   * BB-O3: Bitbucket accepted PLAINTEXT at request_token only; `everywhere` is for clients that cannot change in
   * between.
   */
  oauth1_plaintext: z.enum(["request_token", "everywhere"]),
  /** BB-D1: the suffix of a Data Center's address, such as `/bitbucket`; it also answers without it. */
  context_path: z.string().regex(/^(\/[\w-]+)*$/),
  /** BB-H1: null counts nothing, so that no test hits a limit by accident. */
  rate_limit: z
    .strictObject({
      /** Per OAuth client and resource in one rolling window. */
      limit: z.int().min(0).default(1000),
      window_seconds: z.int().min(1).default(3600),
      /** Per address, for calls without valid credentials. */
      anonymous_limit: z.int().min(0).default(60),
    })
    .nullable(),
})

export type Config = z.infer<typeof configSchema>

export const defaultConfig: Readonly<Config> = {
  contract: "2026",
  oauth1: "gone",
  access_token_ttl_seconds: 7200,
  refresh_grace_seconds: 600,
  refresh_idle_seconds: 90 * 24 * 60 * 60,
  refresh_reuse: "error",
  code_ttl_seconds: 600,
  token_length: null,
  pkce: "ignore",
  scope_parameter: "ignore",
  remember_allow: true,
  remember_deny: false,
  latency_ms: 0,
  oauth1_plaintext: "request_token",
  context_path: "",
  rate_limit: null,
}
