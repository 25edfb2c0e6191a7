import { hkdfSync } from "node:crypto"
import { z } from "zod"
import {
  baseAddress,
  collector,
  databaseSchemaName,
  databaseUrl,
  hsts,
  isLoopback,
  origin,
  perMinute,
  previousSecret,
  secret,
} from "./values"

/** Variables by name, as a process has them. */
export type EnvironmentSource = Readonly<Record<string, string | undefined>>

/** Bitbucket Data Center is a company's own server, with everything below one address. */
export const bitbucketPlace = (isDataCenter: boolean) => ({
  BITBUCKET_KIND: z.enum(["cloud", "datacenter"]).default("cloud"),
  BITBUCKET_SITE_URL: isDataCenter
    ? z
        .string(
          "is required with BITBUCKET_KIND=datacenter: its address, with its context path if it has one",
        )
        .pipe(baseAddress)
    : baseAddress.default("https://bitbucket.org"),
  BITBUCKET_API_URL: isDataCenter
    ? z
        .undefined("must not be set with BITBUCKET_KIND=datacenter: the API is below BITBUCKET_SITE_URL")
        .optional()
    : baseAddress.default("https://api.bitbucket.org"),
})

/** Whether an environment, not yet parsed, means a Data Center. */
export const isDataCenter = ({ BITBUCKET_KIND }: EnvironmentSource) => BITBUCKET_KIND === "datacenter"

type Related = "AUTH_SECRET" | "CRON_SECRET" | "AUTH_URL" | "NEXTAUTH_URL"

/** What is wrong with variables that are fine alone but contradict each other, by name. */
export function contradictionsIn(values: { [name in Related]?: string | undefined }): Record<string, string> {
  const { AUTH_SECRET, CRON_SECRET, AUTH_URL, NEXTAUTH_URL } = values
  const found: Record<string, string> = {}
  if (CRON_SECRET !== undefined && CRON_SECRET === AUTH_SECRET)
    found.CRON_SECRET = "must differ from AUTH_SECRET: a scheduler does not need the secret that seals tokens"
  // Auth.js would trust it if AUTH_URL is unset.
  if (NEXTAUTH_URL !== undefined && NEXTAUTH_URL.replace(/\/$/, "") !== AUTH_URL)
    found.NEXTAUTH_URL = "names another origin than AUTH_URL, which is the one that counts here: remove it"
  return found
}

/** In production there are no defaults for the database and, outside Vercel, the public origin. */
const environmentSchema = (production: boolean, onVercel: boolean, dataCenter: boolean) =>
  z
    .object({
      NODE_ENV: z.enum(["production", "development", "test"]).default("development"),
      VERCEL: z.string().optional(),
      AUTH_SECRET: secret(32),
      AUTH_SECRET_PREVIOUS: previousSecret.optional(),
      AUTH_URL:
        production && !onVercel
          ? z.string("is required in production: the public origin of this app").pipe(origin)
          : origin.optional(),
      NEXTAUTH_URL: z.string().optional(),
      AUTH_BITBUCKET_ID: z
        .string("is required: the key of your Bitbucket OAuth client")
        .min(1, "must not be empty"),
      AUTH_BITBUCKET_SECRET: z
        .string("is required: the secret of your Bitbucket OAuth client")
        .min(1, "must not be empty"),
      ...bitbucketPlace(dataCenter),
      BITBUCKET_SCOPES: z
        .string()
        .default(dataCenter ? "PUBLIC_REPOS" : "account email")
        .transform((value) => value.split(/\s+/).filter(Boolean))
        .refine(
          (scopes) => dataCenter || scopes.includes("account"),
          "must contain the scope account: signing in reads /2.0/user",
        ),
      DATABASE_URL: databaseUrl,
      DATABASE_URL_UNPOOLED: databaseUrl.optional(),
      DATABASE_SCHEMA: databaseSchemaName,
      ALLOWED_WORKSPACES: z
        .string()
        .default("")
        .transform((value) =>
          value
            .split(",")
            .map((entry) => entry.trim())
            .filter(Boolean),
        )
        .refine(
          (entries) => !dataCenter || entries.length === 0,
          "is for Bitbucket Cloud: Data Center has none",
        ),
      REQUIRE_CONFIRMED_EMAIL: z
        .enum(["on", "off"], "must be on or off")
        .default("off")
        .transform((value) => value === "on")
        .refine(
          (isRequired) => !dataCenter || !isRequired,
          "must be off with BITBUCKET_KIND=datacenter: Data Center does not say whether an address is confirmed",
        ),
      ADMISSION_CHECK_MINUTES: z.coerce.number("must be a number of minutes").min(1).max(1_440).default(60),
      ADMISSION_GRACE_HOURS: z.coerce.number("must be a number of hours").min(0).max(720).default(24),
      SOURCE_URL: z.url({ protocol: /^https?$/, error: "must be an address such as https://…" }).optional(),
      SESSION_IDLE_DAYS: z.coerce.number("must be a number of days").min(0.01).max(400).default(7),
      SESSION_ABSOLUTE_DAYS: z.coerce.number("must be a number of days").min(0.01).max(400).default(30),
      STAY_CONNECTED_DAYS: z.coerce.number("must be a number of days").min(1).max(3_650).default(365),
      KEEP_ALIVE_AFTER_DAYS: z.coerce.number("must be a number of days").min(0).max(89).default(30),
      KEEP_ALIVE_PER_SECOND: z.coerce.number("must be a number").min(0.1).max(1_000).default(5),
      CRON_SECRET: secret(16).optional(),
      METRICS_SECRET: secret(16).optional(),
      TRUSTED_PROXIES: z.coerce.number("must be a number of proxies").int().min(0).max(10).default(0),
      RATE_LIMIT_PER_ADDRESS: perMinute(900),
      RATE_LIMIT_PER_ACCOUNT: perMinute(600),
      SECURITY_CONTACT: z
        .string()
        .regex(
          /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/,
          "must be an address such as mailto:security@example.com",
        )
        .optional(),
      SETUP_PAGE: z.enum(["on", "off"], "must be on or off").default("off"),
      HSTS: hsts,
      DRAIN_SECONDS: z.coerce.number("must be a number of seconds").min(0).max(300).default(0),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector,
      OTEL_EXPORTER_OTLP_PROTOCOL: z
        .enum(["http/protobuf", "http/json"], "must be http/protobuf or http/json")
        .default("http/protobuf"),
      VERCEL_OTEL_ENDPOINTS: z.string().optional(),
      LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
    })
    .superRefine((value, context) => {
      for (const [name, message] of Object.entries(contradictionsIn(value)))
        context.addIssue({ code: "custom", path: [name], message })
    })
    .transform((value) => ({
      ...value,
      BITBUCKET_API_URL: value.BITBUCKET_API_URL ?? value.BITBUCKET_SITE_URL,
      /** Whether people reach the app over https, which decides whether its cookies are `Secure` and `__Host-`. */
      secureCookies: value.AUTH_URL ? value.AUTH_URL.startsWith("https:") : value.NODE_ENV === "production",
      /** `/setup` is for development and the demo: a public site does not have it, whatever SETUP_PAGE says. */
      hasSetupPage:
        value.SETUP_PAGE === "on" && (value.NODE_ENV !== "production" || isLoopback(value.AUTH_URL ?? "")),
      /** Whether a collector for traces is configured. */
      hasCollector: Boolean(
        value.OTEL_EXPORTER_OTLP_ENDPOINT ??
          value.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ??
          (value.VERCEL && value.VERCEL_OTEL_ENDPOINTS),
      ),
      ...secretsOf(value),
    }))

/** The current secret first, then the one it replaced. */
function secretsOf(value: { AUTH_SECRET: string; AUTH_SECRET_PREVIOUS?: string | undefined }) {
  const previous = value.AUTH_SECRET_PREVIOUS ? [value.AUTH_SECRET_PREVIOUS] : []
  return {
    /** Seal and open tokens. */
    secrets: [value.AUTH_SECRET, ...previous] as Secrets,
    /** For Auth.js alone. Its CSRF cookie contains a hash of its secret, against which anyone could test guesses. */
    cookieSecrets: [cookieSecret(value.AUTH_SECRET), ...previous.map(cookieSecret)] as Secrets,
  }
}

type Secrets = [string, ...string[]]

/** Derives Auth.js's secret from AUTH_SECRET. */
export function cookieSecret(secret: string): string {
  return Buffer.from(hkdfSync("sha256", secret, "", "cookies", 32)).toString("base64url")
}

export type Environment = z.infer<ReturnType<typeof environmentSchema>>

/** The variables that are set, and the schema for them: production requires more. */
export function schemaFor(source: EnvironmentSource) {
  const set: Record<string, string> = {}
  for (const [name, value] of Object.entries(source)) if (value) set[name] = value
  const isProduction = set.NODE_ENV === "production"
  return { set, schema: environmentSchema(isProduction, set.VERCEL !== undefined, isDataCenter(set)) }
}
