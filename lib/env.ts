import { z } from "zod"
import { weaknessOf } from "./secret-strength"

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"])

/** Whether an address leads to this machine. */
export function isLoopback(address: string): boolean {
  return URL.canParse(address) && loopbackHosts.has(new URL(address).hostname)
}

/** An address without query and user name: https anywhere, plain http on this machine only. */
const baseAddress = z.string().transform((value, context) => {
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

const origin = baseAddress.refine(
  (value) => new URL(value).origin === value,
  "must be an origin only: no path, query or user name",
)

/** Bitbucket Data Center is a server of somebody's own, with all that it offers below one address. */
const bitbucketPlace = (isDataCenter: boolean) => ({
  BITBUCKET_KIND: z.enum(["cloud", "datacenter"]).default("cloud"),
  BITBUCKET_SITE_URL: isDataCenter
    ? z
        .string(
          "is required with BITBUCKET_KIND=datacenter: its address, with its context path if it has one",
        )
        .pipe(baseAddress)
    : origin.default("https://bitbucket.org"),
  BITBUCKET_API_URL: isDataCenter
    ? z
        .undefined("must not be set with BITBUCKET_KIND=datacenter: the API is below BITBUCKET_SITE_URL")
        .optional()
    : origin.default("https://api.bitbucket.org"),
})

const isDataCenter = ({ BITBUCKET_KIND }: EnvironmentSource) => BITBUCKET_KIND === "datacenter"

/** Which Bitbucket, for a program that needs nothing else of the environment. @throws EnvironmentError */
export function parseBitbucketPlace(source: EnvironmentSource = process.env) {
  return parseVariables(z.object(bitbucketPlace(isDataCenter(source))), source)
}

const secret = (minimum: number, howToMake = "openssl rand -base64 32") =>
  z
    .string(`is required: make one with \`${howToMake}\``)
    .min(minimum, {
      abort: true,
      message: `must be at least ${minimum} characters long: make one with \`${howToMake}\``,
    })
    .superRefine((value, context) => {
      const weakness = weaknessOf(value)
      if (weakness)
        context.addIssue({ code: "custom", message: `${weakness}: make one with \`${howToMake}\`` })
    })

/** Requests of one kind in a minute; 0 for no limit. */
const perMinute = (usual: number) =>
  z.coerce.number("must be a number of requests per minute").int().min(0).max(1_000_000).default(usual)

/** Where the Postgres that `npm run demo` and `npm run dev` start listens; never used in production. */
const EMBEDDED_DATABASE_URL = "postgres://app@127.0.0.1:54320/app"

const databaseUrl = z
  .string("is required in production: the address of a Postgres database")
  .regex(
    /^postgres(ql)?:\/\/\S+$/,
    "must be a Postgres address such as postgres://user:password@host:5432/name",
  )

/** An OTLP collector. What must stay secret goes into OTEL_EXPORTER_OTLP_HEADERS. */
const collector = z
  .string()
  .regex(
    /^https?:\/\/[^\s/@?#]+(\/[^\s@?#]*)?(?<!\/)$/,
    "must be an address such as http://localhost:4318, without query and without a slash at its end",
  )
  .optional()

type Related = "AUTH_SECRET" | "CRON_SECRET" | "AUTH_URL" | "NEXTAUTH_URL"

/** What is wrong with variables that are right one by one, by name. */
function contradictionsIn(values: { [name in Related]?: string | undefined }): Record<string, string> {
  const { AUTH_SECRET, CRON_SECRET, AUTH_URL, NEXTAUTH_URL } = values
  const found: Record<string, string> = {}
  if (CRON_SECRET !== undefined && CRON_SECRET === AUTH_SECRET)
    found.CRON_SECRET = "must be another than AUTH_SECRET: a scheduler need not know what seals tokens"
  // Auth.js would believe it where AUTH_URL is unset.
  if (NEXTAUTH_URL !== undefined && NEXTAUTH_URL.replace(/\/$/, "") !== AUTH_URL)
    found.NEXTAUTH_URL = "names another origin than AUTH_URL, which is the one that counts here: remove it"
  return found
}

/** In production nothing is guessed: the database and, outside Vercel, the public origin must be given. */
const environmentSchema = (production: boolean, onVercel: boolean, dataCenter: boolean) =>
  z
    .object({
      NODE_ENV: z.enum(["production", "development", "test"]).default("development"),
      VERCEL: z.string().optional(),
      AUTH_SECRET: secret(32),
      AUTH_SECRET_PREVIOUS: secret(32).optional(),
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
      DATABASE_URL: production ? databaseUrl : databaseUrl.default(EMBEDDED_DATABASE_URL),
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
        .transform((value) => value === "on"),
      SOURCE_URL: z.url({ protocol: /^https?$/, error: "must be an address such as https://…" }).optional(),
      PROFILE_FRESH_SECONDS: z.coerce.number("must be a number of seconds").min(0).max(600).default(0),
      SESSION_IDLE_DAYS: z.coerce.number("must be a number of days").min(0.01).max(400).default(7),
      SESSION_ABSOLUTE_DAYS: z.coerce.number("must be a number of days").min(0.01).max(400).default(30),
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
      DRAIN_SECONDS: z.coerce.number("must be a number of seconds").min(0).max(300).default(0),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector,
      OTEL_EXPORTER_OTLP_PROTOCOL: z
        .enum(["http/protobuf", "http/json"], "must be http/protobuf or http/json")
        .default("http/protobuf"),
      OTEL_METRIC_EXPORT_INTERVAL: z.coerce
        .number("must be a number of milliseconds")
        .int()
        .min(100)
        .max(3_600_000)
        .default(60_000),
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
      /** Whether people reach the app over https, hence whether its cookies are `Secure` and `__Host-`. */
      secureCookies: value.AUTH_URL ? value.AUTH_URL.startsWith("https:") : value.NODE_ENV === "production",
      /** `/setup` is for development and the demo: on a public site it is not there, whatever SETUP_PAGE says. */
      hasSetupPage:
        value.SETUP_PAGE === "on" && (value.NODE_ENV !== "production" || isLoopback(value.AUTH_URL ?? "")),
      /** Whether there is anybody to send traces to. */
      hasCollector: Boolean(
        value.OTEL_EXPORTER_OTLP_ENDPOINT ??
          value.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ??
          (value.VERCEL && value.VERCEL_OTEL_ENDPOINTS),
      ),
      /** What seals and opens: the current secret first, then the one it replaced. */
      secrets: [value.AUTH_SECRET, ...(value.AUTH_SECRET_PREVIOUS ? [value.AUTH_SECRET_PREVIOUS] : [])] as [
        string,
        ...string[],
      ],
    }))

export type Environment = z.infer<ReturnType<typeof environmentSchema>>

/** The environment is unusable. The message holds one sentence per variable and never a value. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError"
  readonly code = "invalid_environment"

  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`)
    this.problems = problems
  }
}

/**
 * Reads an environment.
 *
 * @param source variables by name; an empty string counts as unset, as deployment panels write it
 * @throws EnvironmentError naming each variable that is missing or wrong, without its value
 */
export function parseEnvironment(source: EnvironmentSource): Environment {
  return parseVariables(schemaFor(source).schema, source)
}

/** Reads the variables of a part of the app that may not be there. @throws EnvironmentError as above */
export function parseVariables<Schema extends z.ZodType>(
  schema: Schema,
  source: EnvironmentSource = process.env,
): z.infer<Schema> {
  const { set } = schemaFor(source)
  const result = schema.safeParse(set)
  if (result.success) return result.data
  throw new EnvironmentError(result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`))
}

/** Variables by name, as a process has them. */
export type EnvironmentSource = Readonly<Record<string, string | undefined>>

function schemaFor(source: EnvironmentSource) {
  const set: Record<string, string> = {}
  for (const [name, value] of Object.entries(source)) if (value) set[name] = value
  const isProduction = set.NODE_ENV === "production"
  return { set, schema: environmentSchema(isProduction, set.VERCEL !== undefined, isDataCenter(set)) }
}

type Variables = z.infer<ReturnType<typeof environmentSchema>["in"]>

export type VariableName = keyof Variables

/** One variable as it stands, whatever becomes of the others. */
export type VariableReading = {
  name: VariableName
  /** As given, for judging its form: it may be a secret, and is never shown. Undefined where it is not set. */
  raw: string | undefined
  /** What is wrong with it, to be read after its name; null where it can be used. */
  problem: string | null
}

/** The values of the variables that can be used. */
export type UsableVariables = Partial<Variables>

/**
 * Reads an environment one variable at a time, for whoever has to say what is wrong with it: nothing is thrown.
 *
 * @returns every variable of the app, the values of those that can be used, and the names of all that is set
 */
export function inspectEnvironment(source: EnvironmentSource = process.env): {
  readings: VariableReading[]
  usable: UsableVariables
  names: ReadonlySet<string>
} {
  const { set, schema } = schemaFor(source)
  const usable: Record<string, unknown> = {}
  const problems: Record<string, string> = {}
  for (const [name, variable] of Object.entries(schema.in.shape)) {
    const result = variable.safeParse(set[name])
    if (result.success) usable[name] = result.data
    else problems[name] = result.error.issues[0]?.message ?? "is wrong"
  }
  for (const [name, problem] of Object.entries(contradictionsIn(usable))) problems[name] ??= problem
  return {
    readings: Object.keys(schema.in.shape).map((name) => ({
      name: name as VariableName,
      raw: set[name],
      problem: problems[name] ?? null,
    })),
    usable: usable as UsableVariables,
    names: new Set(Object.keys(set)),
  }
}

let parsed: Environment | undefined

/** The app's environment, parsed on first use and never at import, so that a build needs none of it. */
export function environment(): Environment {
  parsed ??= parseEnvironment(process.env)
  return parsed
}
