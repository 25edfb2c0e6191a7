import { hkdfSync } from "node:crypto"
import { EnvironmentError } from "../env/error"
import type { EnvironmentSource } from "../env/schema"

/** Where the route is, below the app's own address. */
export const EMULATOR_PATH = "/bitbucket-emulator"

/** The client in the emulator's seed: public, and worthless anywhere else. */
const seededClient = {
  AUTH_BITBUCKET_ID: "emulatorClientKey1",
  AUTH_BITBUCKET_SECRET: "emulatorClientSecret123456789012",
}

/** A database URL with an unguessable password can serve as a secret. */
const SHORTEST_PASSWORD = 12

const REASON = "in a build with EMBEDDED_EMULATOR=1, which signs in at its own emulator and nowhere else"

/**
 * What the environment of a build with the emulator lacks: the seeded client, and where the emulator is, below the app's own
 * address. That is AUTH_URL; on Vercel, without one, the address of the production, of the branch or of the deployment.
 * AUTH_SECRET is derived from DATABASE_URL if it is unset and that has a password.
 *
 * @returns variables to set in addition to those of `source`
 * @throws EnvironmentError if `source` names another client or another Bitbucket
 */
export function embeddedEnvironment(source: EnvironmentSource): Record<string, string> {
  const { DATABASE_URL } = source
  const address = source.AUTH_URL || addressOnVercel(source)
  const needed = {
    ...seededClient,
    ...(address && {
      AUTH_URL: address,
      BITBUCKET_SITE_URL: `${address.replace(/\/+$/, "")}${EMULATOR_PATH}/site`,
      BITBUCKET_API_URL: `${address.replace(/\/+$/, "")}${EMULATOR_PATH}/api`,
    }),
  }
  refuseAnythingReal(source, needed)
  return { ...needed, ...(!source.AUTH_SECRET && DATABASE_URL && secretFrom(DATABASE_URL)) }
}

function addressOnVercel(source: EnvironmentSource): string | undefined {
  const { VERCEL_ENV, VERCEL_PROJECT_PRODUCTION_URL, VERCEL_BRANCH_URL, VERCEL_URL } = source
  const host = (VERCEL_ENV === "production" ? VERCEL_PROJECT_PRODUCTION_URL : VERCEL_BRANCH_URL) || VERCEL_URL
  return host && `https://${host}`
}

function refuseAnythingReal(source: EnvironmentSource, needed: Record<string, string>): void {
  const ours = [...Object.keys(seededClient), "BITBUCKET_SITE_URL", "BITBUCKET_API_URL"]
  const problems = ours
    .filter((name) => source[name] && source[name] !== needed[name])
    .map((name) => `${name} must not be set ${REASON}.`)
  if (source.BITBUCKET_KIND && source.BITBUCKET_KIND !== "cloud")
    problems.push(`BITBUCKET_KIND must be cloud ${REASON}.`)
  if (source.BITBUCKET_OAUTH1_KEY) problems.push(`BITBUCKET_OAUTH1_KEY must not be set ${REASON}.`)
  if (problems.length > 0) throw new EnvironmentError(problems)
}

function secretFrom(databaseUrl: string): { AUTH_SECRET: string } | undefined {
  const password = URL.canParse(databaseUrl) ? new URL(databaseUrl).password : ""
  if (password.length < SHORTEST_PASSWORD) return undefined
  return {
    AUTH_SECRET: Buffer.from(hkdfSync("sha256", databaseUrl, "", "AUTH_SECRET", 32)).toString("base64url"),
  }
}
