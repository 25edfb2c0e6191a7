import { isSentInTheClear } from "@/lib/db/client"
import { isLoopback } from "@/lib/env-values"
import { judgeAllowedWorkspaces } from "./allowed-workspaces"
import { clientScreen } from "./bitbucket-screens"
import type { UsableVariables, VariableName, VariableReading } from "./inspect-environment"
import { checkOtherNames } from "./other-names"
import { type CheckResult, failed, ok, warning } from "./result"
import { judgeScopes } from "./scopes"

/** Only these values are ever shown; of all others, secret or not, only that they are set. */
const shown: ReadonlySet<VariableName> = new Set<VariableName>([
  "NODE_ENV",
  "AUTH_URL",
  "BITBUCKET_KIND",
  "BITBUCKET_SITE_URL",
  "BITBUCKET_API_URL",
  "REQUIRE_CONFIRMED_EMAIL",
  "SESSION_IDLE_DAYS",
  "SESSION_ABSOLUTE_DAYS",
  "KEEP_ALIVE_AFTER_DAYS",
  "KEEP_ALIVE_PER_SECOND",
  "TRUSTED_PROXIES",
  "RATE_LIMIT_PER_ADDRESS",
  "RATE_LIMIT_PER_ACCOUNT",
  "DRAIN_SECONDS",
  "DATABASE_SCHEMA",
  "SETUP_PAGE",
  "HSTS",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_PROTOCOL",
  "OTEL_METRIC_EXPORT_INTERVAL",
  "LOG_LEVEL",
])

type Judge = (id: string, usable: UsableVariables, isSet: boolean) => CheckResult | null

/** What a variable that can be used may still mean; null where there is nothing special about it. */
const judges: Partial<Record<VariableName, Judge>> = {
  AUTH_SECRET_PREVIOUS: judgePreviousSecret,
  BITBUCKET_SCOPES: judgeScopes,
  DATABASE_URL: (id, { DATABASE_URL }) => judgeDatabaseAddress(id, "DATABASE_URL", DATABASE_URL),
  DATABASE_URL_UNPOOLED: (id, { DATABASE_URL_UNPOOLED }) =>
    judgeDatabaseAddress(id, "DATABASE_URL_UNPOOLED", DATABASE_URL_UNPOOLED),
  ALLOWED_WORKSPACES: judgeAllowedWorkspaces,
  CRON_SECRET: judgeCronSecret,
  SETUP_PAGE: judgeSetupPage,
  TRUSTED_PROXIES: judgeTrustedProxies,
}

const whereToSet = "Set it in `.env.local`, or where the app is deployed, and start the app again."

const remedies: Partial<Record<VariableName, string>> = {
  NEXTAUTH_URL: "Remove it; AUTH_URL says where the app is.",
  AUTH_BITBUCKET_ID: `In Bitbucket open ${clientScreen}, and copy the Key. ${whereToSet}`,
  AUTH_BITBUCKET_SECRET: `In Bitbucket open ${clientScreen}, and copy the Secret. ${whereToSet}`,
}

/** One result per variable of the app, and one for names that it does not read. */
export function checkVariables(
  readings: readonly VariableReading[],
  usable: UsableVariables,
  names: ReadonlySet<string>,
): CheckResult[] {
  return [...readings.map((reading) => checkVariable(reading, usable)), checkOtherNames(names)]
}

function checkVariable({ name, raw, problem }: VariableReading, usable: UsableVariables): CheckResult {
  const id = `variable.${name}`
  if (problem !== null) return failed(id, `${name} ${problem}.`, remedies[name] ?? whereToSet)
  if (raw !== undefined && hasStrayCharacters(raw))
    return warning(
      id,
      `${name} begins or ends with a space or a quotation mark, which counts as a part of it.`,
      "Remove it where the variable is set; panels of hosters take everything as it is typed.",
    )
  return judges[name]?.(id, usable, raw !== undefined) ?? ok(id, inASentence(name, raw, usable))
}

function inASentence(name: VariableName, raw: string | undefined, usable: UsableVariables): string {
  const value = shown.has(name) ? inWords(usable[name]) : null
  if (raw !== undefined) return value ? `${name} is ${value}.` : `${name} is set.`
  return value ? `${name} is not set: it is ${value}.` : `${name} is not set, and need not be.`
}

function inWords(value: unknown): string | null {
  if (typeof value === "boolean") return value ? "on" : "off"
  return value === undefined ? null : String(value)
}

function hasStrayCharacters(raw: string): boolean {
  return raw !== raw.trim() || /^["']|["']$/.test(raw)
}

function judgePreviousSecret(
  id: string,
  { AUTH_SECRET, AUTH_SECRET_PREVIOUS }: UsableVariables,
): CheckResult | null {
  if (AUTH_SECRET_PREVIOUS === undefined) return null
  if (AUTH_SECRET_PREVIOUS === AUTH_SECRET)
    return warning(
      id,
      "AUTH_SECRET_PREVIOUS is the same as AUTH_SECRET.",
      "Remove it, or put the older one there.",
    )
  return warning(
    id,
    "AUTH_SECRET_PREVIOUS is set, so a rotation of AUTH_SECRET is under way.",
    "Run `npm run reseal`; remove the variable once sessions of before the rotation are over.",
  )
}

function judgeDatabaseAddress(id: string, name: string, address = ""): CheckResult | null {
  if (address === "" || !isSentInTheClear(address)) return null
  return warning(
    id,
    `${name} leads to another machine without TLS: on the way the password and every row can be read.`,
    `Add \`?sslmode=verify-full\` to its end, unless the whole way is a private network of yours.`,
  )
}

function judgeCronSecret(id: string, { CRON_SECRET }: UsableVariables): CheckResult | null {
  if (CRON_SECRET !== undefined) return null
  return warning(
    id,
    "CRON_SECRET is not set, so nobody can call `/api/cron/keep-alive`: nothing that is over is deleted, and idle connections die after three months.",
    "Set it to 16 characters or more and have a scheduler call that address daily, or run `npm run db:prune` and `npm run keep-alive` daily.",
  )
}

function judgeSetupPage(id: string, { SETUP_PAGE, NODE_ENV, AUTH_URL }: UsableVariables): CheckResult | null {
  const isPublic = NODE_ENV === "production" && !isLoopback(AUTH_URL ?? "")
  if (SETUP_PAGE !== "on" || !isPublic) return null
  return warning(
    id,
    "SETUP_PAGE is on, but on a public site `/setup` is not there.",
    "Remove it; `npm run doctor` makes the same checks.",
  )
}

/** The server itself speaks plain http, so that https means a proxy before it. */
function judgeTrustedProxies(
  id: string,
  { TRUSTED_PROXIES, RATE_LIMIT_PER_ADDRESS, AUTH_URL, VERCEL }: UsableVariables,
): CheckResult | null {
  const isBehindProxy = VERCEL === undefined && AUTH_URL?.startsWith("https:") && !isLoopback(AUTH_URL)
  if (!isBehindProxy || TRUSTED_PROXIES !== 0 || RATE_LIMIT_PER_ADDRESS === 0) return null
  return warning(
    id,
    "TRUSTED_PROXIES is 0 although AUTH_URL begins with https, so a proxy stands before the server: behind a private address no limit per address holds, behind a public one everybody shares the same limit.",
    "Set it to how many of your proxies add to `X-Forwarded-For`, mostly 1. On Vercel leave it out.",
  )
}
