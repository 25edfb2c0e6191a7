import { isSentInTheClear } from "@/lib/db/client"
import { isLoopback } from "@/lib/env/values"
import { reviewAllowedWorkspaces } from "./allowed-workspaces"
import { clientScreen } from "./bitbucket-screens"
import type { UsableVariables, VariableName, VariableReading } from "./inspect-environment"
import { checkOtherNames, otherNameOf } from "./other-names"
import { type CheckResult, failed, ok, warning } from "./result"
import { reviewScopes } from "./scopes"

/** The report shows only these values. Of all others, secret or not, it says only that they are set. */
const shown: ReadonlySet<VariableName> = new Set<VariableName>([
  "NODE_ENV",
  "AUTH_URL",
  "BITBUCKET_KIND",
  "BITBUCKET_SITE_URL",
  "BITBUCKET_API_URL",
  "REQUIRE_CONFIRMED_EMAIL",
  "SESSION_IDLE_DAYS",
  "SESSION_ABSOLUTE_DAYS",
  "STAY_CONNECTED_DAYS",
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
  "LOG_LEVEL",
])

type Judge = (id: string, usable: UsableVariables, isSet: boolean) => CheckResult | null

/** What may still be wrong with a usable variable; null if nothing is. */
const reviews: Partial<Record<VariableName, Judge>> = {
  AUTH_SECRET_PREVIOUS: reviewPreviousSecret,
  BITBUCKET_SCOPES: reviewScopes,
  DATABASE_URL: (id, { DATABASE_URL }) => reviewDatabaseAddress(id, "DATABASE_URL", DATABASE_URL),
  DATABASE_URL_UNPOOLED: (id, { DATABASE_URL_UNPOOLED }) =>
    reviewDatabaseAddress(id, "DATABASE_URL_UNPOOLED", DATABASE_URL_UNPOOLED),
  ALLOWED_WORKSPACES: reviewAllowedWorkspaces,
  CRON_SECRET: reviewCronSecret,
  SETUP_PAGE: reviewSetupPage,
  TRUSTED_PROXIES: reviewTrustedProxies,
}

const whereToSet = "set it in `.env.local`, or where the app is deployed, and start the app again"

const fixes: Partial<Record<VariableName, string>> = {
  NEXTAUTH_URL: "start the app again without it",
  AUTH_BITBUCKET_ID: `copy the Key from ${clientScreen} in Bitbucket, and ${whereToSet}`,
  AUTH_BITBUCKET_SECRET: `copy the Secret from ${clientScreen} in Bitbucket, and ${whereToSet}`,
}

export const STRAY_CHARACTERS = "stray_characters"

/** One result per variable of the app, and one for names that it does not read. */
export function checkVariables(
  readings: readonly VariableReading[],
  usable: UsableVariables,
  names: ReadonlySet<string>,
): CheckResult[] {
  const missing = new Set<string>(
    readings.flatMap(({ name, raw, problem }) => (raw === undefined && problem !== null ? [name] : [])),
  )
  return [
    ...readings.map((reading) => checkVariable(reading, usable, names)),
    checkOtherNames(names, missing),
  ]
}

function checkVariable(
  { name, raw, problem }: VariableReading,
  usable: UsableVariables,
  names: ReadonlySet<string>,
): CheckResult {
  const id = `variable.${name}`
  const otherName = raw === undefined && problem !== null ? otherNameOf(name, names) : undefined
  if (otherName)
    return failed(
      id,
      "variable_misnamed",
      `${otherName} is set, but this app reads ${name}`,
      `set ${name} instead`,
    )
  if (problem !== null)
    return failed(
      id,
      raw === undefined ? "variable_missing" : "variable_wrong",
      `${name} ${problem}`,
      fixes[name] ?? whereToSet,
    )
  if (raw !== undefined && hasStrayCharacters(raw))
    return warning(
      id,
      STRAY_CHARACTERS,
      `${name} begins or ends with a space or a quotation mark, which counts as a part of it`,
      "remove it where the variable is set, since panels of hosters take everything as it is typed",
    )
  return reviews[name]?.(id, usable, raw !== undefined) ?? ok(id, describeValue(name, raw, usable))
}

function describeValue(name: VariableName, raw: string | undefined, usable: UsableVariables): string {
  const value = shown.has(name) ? inWords(usable[name]) : null
  if (raw !== undefined) return value ? `${name} is ${value}.` : `${name} is set.`
  return value ? `${name} is not set: it is ${value}.` : `${name} is not set, and does not have to be.`
}

function inWords(value: unknown): string | null {
  if (typeof value === "boolean") return value ? "on" : "off"
  return value === undefined ? null : String(value)
}

function hasStrayCharacters(raw: string): boolean {
  return raw !== raw.trim() || /^["']|["']$/.test(raw)
}

function reviewPreviousSecret(
  id: string,
  { AUTH_SECRET, AUTH_SECRET_PREVIOUS }: UsableVariables,
): CheckResult | null {
  if (AUTH_SECRET_PREVIOUS === undefined) return null
  if (AUTH_SECRET_PREVIOUS === AUTH_SECRET)
    return warning(
      id,
      "previous_secret_same",
      "AUTH_SECRET_PREVIOUS is the same as AUTH_SECRET",
      "remove it, or put the older one there",
    )
  return warning(
    id,
    "rotation_under_way",
    "AUTH_SECRET_PREVIOUS is set, so a rotation of AUTH_SECRET is in progress",
    "run `npm run ops -- reseal`, and remove the variable once sessions of before the rotation have expired",
  )
}

function reviewDatabaseAddress(id: string, name: string, address = ""): CheckResult | null {
  if (address === "" || !isSentInTheClear(address)) return null
  return warning(
    id,
    "database_without_tls",
    `${name} leads to another machine without TLS, so the password and every row can be read on the way`,
    "add `?sslmode=verify-full` to its end, unless the whole way is a private network of yours",
  )
}

function reviewCronSecret(id: string, { CRON_SECRET }: UsableVariables): CheckResult | null {
  if (CRON_SECRET !== undefined) return null
  return warning(
    id,
    "cron_secret_missing",
    "CRON_SECRET is not set, so nothing can call `/api/cron/keep-alive`, and idle connections end after three months",
    "set it to 16 characters or more and have a scheduler call that address daily, or run `npm run ops -- keep-alive` and `npm run ops -- prune` daily",
  )
}

function reviewSetupPage(
  id: string,
  { SETUP_PAGE, NODE_ENV, AUTH_URL }: UsableVariables,
): CheckResult | null {
  const isPublic = NODE_ENV === "production" && !isLoopback(AUTH_URL ?? "")
  if (SETUP_PAGE !== "on" || !isPublic) return null
  return warning(
    id,
    "setup_page_public",
    "SETUP_PAGE is on, but `/setup` is not there on a public site",
    "remove it, since `npm run doctor` makes the same checks",
  )
}

/** The server itself speaks plain http, so https means that a proxy is in front of it. */
function reviewTrustedProxies(
  id: string,
  { TRUSTED_PROXIES, RATE_LIMIT_PER_ADDRESS, AUTH_URL, VERCEL }: UsableVariables,
): CheckResult | null {
  const isBehindProxy = VERCEL === undefined && AUTH_URL?.startsWith("https:") && !isLoopback(AUTH_URL)
  if (!isBehindProxy || TRUSTED_PROXIES !== 0 || RATE_LIMIT_PER_ADDRESS === 0) return null
  return warning(
    id,
    "proxy_not_counted",
    "TRUSTED_PROXIES is 0 although AUTH_URL begins with https, so a proxy is in front of the server: behind a private address no limit per address holds, behind a public one all visitors share one limit",
    "set it to how many of your proxies add to `X-Forwarded-For`, mostly 1",
  )
}
