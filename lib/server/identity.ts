import { environment } from "@/lib/env"
import type { Environment } from "@/lib/env/schema"

/**
 * Who a person is, is two things: an issuer that vouches for them, and a subject that means one account there. Here both
 * are one text, unique everywhere, by which connections, sessions, sealed tokens and activities are known:
 *
 * - of Bitbucket Cloud `{uuid}`, whose issuer is always Bitbucket Cloud
 * - of a Data Center `https://git.example.com/bitbucket#7`: its base address, and the user's id, which another server
 *   gives to another person
 *
 * The column `connection.issuer` is made of it in the same way. See docs/decisions/023-identity-is-issuer-and-subject.md.
 */
type Identity = string

/** The issuer of Bitbucket Cloud, also when an emulator takes its place. */
export const CLOUD_ISSUER = "https://bitbucket.org"

/** Who vouches for the people of this deployment: Bitbucket Cloud, or a Data Center by its base address. */
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
