import type { BitbucketUrls } from "./urls.ts"

/** Hosts on which Bitbucket has been seen to keep avatars: those that a Content Security Policy has to allow. */
export const avatarHosts: readonly string[] = [
  "secure.gravatar.com",
  "avatar-management--avatars.us-west-2.prod.public.atl-paas.net",
  "bitbucket.org",
  "bitbucket-assetroot.s3.amazonaws.com",
]

/**
 * Decides whether a page may show an avatar's URL.
 *
 * @returns the address if it is https on one of Bitbucket's hosts, or on one of the two given origins, otherwise null
 */
export function acceptAvatarUrl(
  value: unknown,
  { site, api }: Pick<BitbucketUrls, "site" | "api">,
): string | null {
  if (typeof value !== "string" || value.length > 2_048 || !URL.canParse(value)) return null
  const url = new URL(value)
  if (url.username || url.password) return null
  if ([site, api].some((place) => url.origin === new URL(place).origin)) return url.href
  return url.protocol === "https:" && url.port === "" && avatarHosts.includes(url.hostname) ? url.href : null
}
