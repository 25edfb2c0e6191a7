import { z } from "zod"
import { DEFAULT_HSTS, HSTS_PATTERN, HSTS_PROBLEM } from "./hsts"
import { isPlaceholder, weaknessOf } from "./secret-strength"

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"])

/** Whether an address leads to this machine. */
export function isLoopback(address: string): boolean {
  return URL.canParse(address) && loopbackHosts.has(new URL(address).hostname)
}

/** An address without query and user name: https anywhere, plain http on this machine only. */
export const baseAddress = z.string().transform((value, context) => {
  const fail = (message: string) => {
    context.addIssue({ code: "custom", message })
    return z.NEVER
  }
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return fail("must be an address such as https://example.com")
  if (url.search || url.hash || url.username) return fail("must have no query and no user name")
  if (url.protocol === "http:" && !isLoopback(value))
    return fail("must use https: plain http is accepted for localhost, 127.0.0.1 and [::1] only")
  return url.origin + url.pathname.replace(/\/+$/, "")
})

/** Only the origin of a URL, as a browser defines it. */
export const origin = baseAddress.refine(
  (value) => new URL(value).origin === value,
  "must be an origin only: no path, query or user name",
)

const howToMake = "make one with `openssl rand -base64 32`"

/** A value that only the deployment knows: long enough, and not guessable. */
export const secret = (minimum: number) =>
  z
    .string(`is required: ${howToMake}`)
    .min(minimum, { abort: true, message: `must be at least ${minimum} characters long: ${howToMake}` })
    .superRefine((value, context) => {
      const weakness = weaknessOf(value)
      if (weakness) context.addIssue({ code: "custom", message: `${weakness}: ${howToMake}` })
    })

/** A secret that is being replaced. Version 0.1.0 accepted some that `secret` refuses, and what they sealed must stay readable. */
export const previousSecret = z
  .string()
  .min(32, "must be at least 32 characters long: it is the AUTH_SECRET before this one")
  .refine((value) => !isPlaceholder(value), "is a placeholder: put the AUTH_SECRET before this one there")

/** Requests of one kind in a minute; 0 for no limit. */
export const perMinute = (usual: number) =>
  z.coerce.number("must be a number of requests per minute").int().min(0).max(1_000_000).default(usual)

/** A Postgres address, which pg reads. */
export const databaseUrl = z
  .string("is required: the address of a Postgres database; `npm run dev` brings one")
  .regex(
    /^postgres(ql)?:\/\/\S+$/,
    "must be a Postgres address such as postgres://user:password@host:5432/name",
  )

/** Where the tables are when DATABASE_SCHEMA is not set. */
export const DEFAULT_DATABASE_SCHEMA = "auth_bitbucket"

/** A Postgres schema that can be ours alone: other apps share `public`, and Postgres reserves `pg_…`. */
export const databaseSchemaName = z
  .string()
  .regex(
    /^(?!pg_|(?:public|information_schema|drizzle)$)[a-z_][a-z0-9_]{0,62}$/,
    "must be the name of a schema for this app alone: small letters, digits and _, neither public nor pg_…",
  )
  .default(DEFAULT_DATABASE_SCHEMA)

/** An OTLP collector. Secrets belong into OTEL_EXPORTER_OTLP_HEADERS. */
export const collector = z
  .string()
  .regex(
    /^https?:\/\/[^\s/@?#]+(\/[^\s@?#]*)?(?<!\/)$/,
    "must be an address such as http://localhost:4318, without query and without a slash at its end",
  )
  .optional()

/** A value of the header Strict-Transport-Security, RFC 6797 §6.1. It becomes part of the build. */
export const hsts = z.string().regex(HSTS_PATTERN, HSTS_PROBLEM).default(DEFAULT_HSTS)
