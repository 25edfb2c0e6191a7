import { type CheckResult, ok, warning } from "./result"

/** Names that guides for Auth.js, older versions of it and hosters use, and what this app reads in their place. */
const insteadOf: Record<string, string> = {
  NEXTAUTH_SECRET: "AUTH_SECRET",
  AUTH_SECRET_1: "AUTH_SECRET_PREVIOUS",
  BITBUCKET_CLIENT_ID: "AUTH_BITBUCKET_ID",
  BITBUCKET_ID: "AUTH_BITBUCKET_ID",
  BITBUCKET_KEY: "AUTH_BITBUCKET_ID",
  BITBUCKET_CLIENT_SECRET: "AUTH_BITBUCKET_SECRET",
  BITBUCKET_SECRET: "AUTH_BITBUCKET_SECRET",
  POSTGRES_URL: "DATABASE_URL",
}

/** Finds variables that were meant for this app and do nothing. @param names of everything that is set */
export function checkOtherNames(names: ReadonlySet<string>): CheckResult {
  const id = "other_names"
  const misnamed = Object.entries(insteadOf).filter(([name, read]) => names.has(name) && !names.has(read))
  if (misnamed.length > 0)
    return warning(
      id,
      `${misnamed.map(([name]) => name).join(", ")} ${misnamed.length === 1 ? "is" : "are"} set and not read by this app.`,
      `It reads ${misnamed.map(([name, read]) => `${read} in place of ${name}`).join(", ")}.`,
    )
  if (names.has("AUTH_REDIRECT_PROXY_URL"))
    return warning(
      id,
      "AUTH_REDIRECT_PROXY_URL is set: Auth.js then lets whoever shares AUTH_SECRET obtain codes for any address.",
      "Remove it, unless every deployment that shares the secret is trusted.",
    )
  return ok(id, "No variable is set under a name that this app does not read in its place.")
}
