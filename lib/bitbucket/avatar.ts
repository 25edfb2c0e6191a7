import { environment } from "@/lib/env"

/** Hosts on which Bitbucket has been seen to keep avatars. */
export const avatarHosts = [
  "secure.gravatar.com",
  "avatar-management--avatars.us-west-2.prod.public.atl-paas.net",
  "bitbucket.org",
  "bitbucket-assetroot.s3.amazonaws.com",
]

/**
 * Decides whether an avatar's address may be put into a page.
 *
 * @returns the address where it is https on a host of Bitbucket's, or on one of the two configured origins;
 *   else null, and the person's initials are shown
 */
export function acceptAvatarUrl(value: unknown): string | null {
  if (typeof value !== "string" || value.length > 2_048 || !URL.canParse(value)) return null
  const url = new URL(value)
  const { BITBUCKET_SITE_URL, BITBUCKET_API_URL } = environment()
  if (url.username || url.password) return null
  if (url.origin === BITBUCKET_SITE_URL || url.origin === BITBUCKET_API_URL) return url.href
  return url.protocol === "https:" && url.port === "" && avatarHosts.includes(url.hostname) ? url.href : null
}
