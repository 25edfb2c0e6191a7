import { z } from "zod"
import { wellFormed } from "./received-text.ts"

/** Used if a token response gives no lifetime for its access token. */
const DEFAULT_LIFETIME_SECONDS = 7_200
const NONSENSE_LIFETIME_SECONDS = 60
const LONGEST_LIFETIME_SECONDS = 86_400

/** A number of seconds, as a number or a string of digits (RFC 6749 §5.1 says number; servers send both). */
const lifetimeSeconds = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
  ])
  .nullish()
  .catch(Number.NaN)
  .transform((seconds) => {
    if (seconds === undefined || seconds === null) return DEFAULT_LIFETIME_SECONDS
    if (!(seconds > 0)) return NONSENSE_LIFETIME_SECONDS
    return Math.min(Math.ceil(seconds), LONGEST_LIFETIME_SECONDS)
  })

/** RFC 6750 §2.1: what an Authorization header can carry. Refuses line breaks, NUL and non-ASCII. */
const bearerCredential = z
  .string()
  .regex(/^[\x21-\x7e]+$/)
  .max(16_384)

/** RFC 6749 §3.3, or as a list. Anything else says nothing about scopes, and does not make the tokens unusable. */
const scopeList = z
  .union([z.string(), z.array(z.string()).transform((scopes) => scopes.join(" "))])
  .transform((value) => [
    ...new Set(
      wellFormed(value)
        .split(/[\s,]+/)
        .filter(Boolean),
    ),
  ])
  .nullish()
  .catch(null)

/** Servers that do not rotate may send an empty one. */
const noRefreshToken = z.literal("").transform(() => null)

/**
 * A token response, RFC 6749 §5.1, with the variations that servers are known to send: `scope` or `scopes`,
 * `Bearer` in any case, `expires_in` as a number or as text.
 */
export const tokenResponseSchema = z
  .object({
    access_token: bearerCredential,
    token_type: z.string().toLowerCase().pipe(z.literal("bearer")).nullish(),
    expires_in: lifetimeSeconds,
    refresh_token: noRefreshToken.or(bearerCredential).nullish(),
    scope: scopeList,
    scopes: scopeList,
  })
  .transform((response) => ({
    accessToken: response.access_token,
    /** Null if the server sent none: the current one stays in use (RFC 6749 §6). */
    refreshToken: response.refresh_token ?? null,
    lifetimeSeconds: response.expires_in,
    /** Null if the server did not say: what was granted before stays granted (RFC 6749 §5.1). */
    scopes: response.scope ?? response.scopes ?? null,
  }))

export type TokenSet = z.infer<typeof tokenResponseSchema>
