import { z } from "zod"

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"])

/** An origin without a path: https anywhere, plain http on this machine only. */
const origin = z.string().transform((value, context) => {
  const fail = (message: string) => {
    context.addIssue({ code: "custom", message })
    return z.NEVER
  }
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return fail("must be an address such as https://example.com")
  if (url.pathname !== "/" || url.search || url.hash || url.username)
    return fail("must be an origin only: no path, query or user name")
  if (url.protocol === "http:" && !loopbackHosts.has(url.hostname))
    return fail("must use https: plain http is accepted for localhost, 127.0.0.1 and [::1] only")
  return url.origin
})

const secret = (minimum: number, howToMake = "openssl rand -base64 32") =>
  z
    .string(`is required: make one with \`${howToMake}\``)
    .min(minimum, `must be at least ${minimum} characters long: make one with \`${howToMake}\``)

/** Where the Postgres that `npm run demo` and `npm run dev` start listens; never used in production. */
const EMBEDDED_DATABASE_URL = "postgres://app@127.0.0.1:54320/app"

const databaseUrl = z
  .string("is required in production: the address of a Postgres database")
  .regex(
    /^postgres(ql)?:\/\/\S+$/,
    "must be a Postgres address such as postgres://user:password@host:5432/name",
  )

/** In production nothing is guessed: the database and, outside Vercel, the public origin must be given. */
const environmentSchema = (production: boolean, onVercel: boolean) =>
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
      AUTH_BITBUCKET_ID: z
        .string("is required: the key of your Bitbucket OAuth client")
        .min(1, "must not be empty"),
      AUTH_BITBUCKET_SECRET: z
        .string("is required: the secret of your Bitbucket OAuth client")
        .min(1, "must not be empty"),
      BITBUCKET_SITE_URL: origin.default("https://bitbucket.org"),
      BITBUCKET_API_URL: origin.default("https://api.bitbucket.org"),
      BITBUCKET_SCOPES: z
        .string()
        .default("account email")
        .transform((value) => value.split(/\s+/).filter(Boolean))
        .refine(
          (scopes) => scopes.includes("account"),
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
        ),
      SESSION_IDLE_DAYS: z.coerce.number("must be a number of days").min(0.01).max(400).default(7),
      SESSION_ABSOLUTE_DAYS: z.coerce.number("must be a number of days").min(0.01).max(400).default(30),
      KEEP_ALIVE_AFTER_DAYS: z.coerce.number("must be a number of days").min(0).max(89).default(30),
      KEEP_ALIVE_PER_SECOND: z.coerce.number("must be a number").min(0.1).max(1_000).default(5),
      CRON_SECRET: secret(16).optional(),
      LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
    })
    .transform((value) => ({
      ...value,
      /** Whether people reach the app over https, hence whether its cookies are `Secure` and `__Host-`. */
      secureCookies: value.AUTH_URL ? value.AUTH_URL.startsWith("https:") : value.NODE_ENV === "production",
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
export function parseEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  const set = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ""),
  )
  const schema = environmentSchema(set.NODE_ENV === "production", set.VERCEL !== undefined)
  const result = schema.safeParse(set)
  if (result.success) return result.data
  throw new EnvironmentError(result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`))
}

let parsed: Environment | undefined

/** The app's environment, parsed on first use and never at import, so that a build needs none of it. */
export function environment(): Environment {
  parsed ??= parseEnvironment(process.env)
  return parsed
}
