import { type CheckResult, ok, warning } from "./result"

/** Names in guides for Auth.js, in its older versions and on hosting panels, and what this app reads instead. */
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

/** @returns the name that is set instead of `name`; undefined if there is none */
export function otherNameOf(name: string, names: ReadonlySet<string>): string | undefined {
  return Object.keys(insteadOf).find((other) => insteadOf[other] === name && names.has(other))
}

/**
 * Finds variables that are meant for this app but do nothing.
 *
 * @param names of everything that is set
 * @param missing names of required variables that are not set: their own checks report those
 */
export function checkOtherNames(names: ReadonlySet<string>, missing: ReadonlySet<string>): CheckResult {
  const id = "other_names"
  const misnamed = Object.entries(insteadOf).filter(
    ([name, read]) => names.has(name) && !names.has(read) && !missing.has(read),
  )
  if (misnamed.length > 0)
    return warning(
      id,
      "other_name",
      `${misnamed.map(([name]) => name).join(", ")} ${misnamed.length === 1 ? "is" : "are"} set and not read by this app`,
      `set ${misnamed.map(([name, read]) => `${read} in place of ${name}`).join(", ")}`,
    )
  if (names.has("AUTH_REDIRECT_PROXY_URL"))
    return warning(
      id,
      "redirect_proxy",
      "AUTH_REDIRECT_PROXY_URL is set, with which Auth.js lets anyone who has AUTH_SECRET obtain codes for any address",
      "remove it",
    )
  return ok(id, "No variable is set under a name that this app does not read in its place.")
}
