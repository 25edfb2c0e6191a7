import { environment } from "@/lib/env"
import type { Environment } from "@/lib/env/schema"

/**
 * An identity has two parts: an issuer that vouches for it, and a subject that identifies one account there. One string holds
 * both. It is globally unique, and identifies connections, sessions, sealed tokens and activities:
 *
 * - of Bitbucket Cloud `{uuid}`, whose issuer is always Bitbucket Cloud
 * - of a Data Center `https://git.example.com/bitbucket#7`: its base URL and the user's id, which may belong to another
 *   person on another server
 *
 * The column `connection.issuer` is derived from it in the same way. See docs/decisions/023-identity-is-issuer-and-subject.md.
 */
type Identity = string

/** The issuer of Bitbucket Cloud, even if an emulator stands in for it. */
export const CLOUD_ISSUER = "https://bitbucket.org"

/** The issuer of this deployment's identities: Bitbucket Cloud, or a Data Center's base URL. */
export function issuer(
  place: Pick<Environment, "BITBUCKET_KIND" | "BITBUCKET_SITE_URL"> = environment(),
): string {
  return place.BITBUCKET_KIND === "cloud" ? CLOUD_ISSUER : place.BITBUCKET_SITE_URL
}

/** The identity of a user of the Data Center at this base address. */
export function dataCenterIdentity(baseAddress: string, id: number): Identity {
  return `${baseAddress}#${id}`
}

/** @returns null if it is not an identity, such as the numbers without a server that 0.1.0 kept for a Data Center */
export function issuerOf(identity: Identity): string | null {
  if (identity.startsWith("{")) return CLOUD_ISSUER
  return /^(https?:\/\/.+)#\d+$/.exec(identity)?.[1] ?? null
}
